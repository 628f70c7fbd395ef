package io.accesstokens.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.accesstokens.testing.server.RunningApplication;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * A server that forwards requests to the application. While the client waits for the response, the
 * server reads the arguments and the environments of all processes that the test has started.
 */
final class WatchingServer implements AutoCloseable {

  private static final List<String> SHELLS = List.of("bash", "dash", "sh", "busybox");

  private final HttpServer server;
  private final RunningApplication application;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final List<String> stored = new CopyOnWriteArrayList<>();

  WatchingServer(RunningApplication application) throws IOException {
    this.application = application;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::respond);
    server.createContext("/gitlab/projects/7/variables/ACCESS_TOKEN", this::store);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /**
   * Returns the arguments of all processes that ran during a request, and the environments of those
   * that are no shells. A shell has the environment that the CI system gave it.
   */
  List<String> seen() {
    return List.copyOf(seen);
  }

  /** Returns the requests that would store a variable of GitLab. */
  List<String> stored() {
    return List.copyOf(stored);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void watch() {
    ProcessHandle.current().descendants().forEach(this::watch);
  }

  private void watch(ProcessHandle process) {
    Path folder = Path.of("/proc", Long.toString(process.pid()));
    try {
      Path program = Files.readSymbolicLink(folder.resolve("exe")).getFileName();
      seen.add(Files.readString(folder.resolve("cmdline")));
      if (!SHELLS.contains(program.toString())) {
        seen.add(Files.readString(folder.resolve("environ")));
      }
    } catch (IOException e) {
      // The process has ended.
    }
  }

  private void respond(HttpExchange exchange) throws IOException {
    watch();
    byte[] body = exchange.getRequestBody().readAllBytes();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:" + application.port() + exchange.getRequestURI().getPath()))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    Headers headers = exchange.getRequestHeaders();
    for (String name : List.of("Authorization", "Idempotency-Key", "Content-Type")) {
      Stream.ofNullable(headers.getFirst(name)).forEach(value -> request.header(name, value));
    }
    try {
      HttpResponse<byte[]> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      send(exchange, response.statusCode(), response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void store(HttpExchange exchange) throws IOException {
    watch();
    stored.add(
        exchange.getRequestMethod()
            + ' '
            + exchange.getRequestHeaders().getFirst("PRIVATE-TOKEN")
            + ' '
            + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
    send(exchange, 200, new byte[] {'{', '}'});
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
