package io.accesstokens.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A round-robin load balancer that can delay the responses of one server. The balancer forwards
 * only the headers Authorization, Content-Type and Accept of a request, and Content-Type of a
 * response.
 */
public final class LoadBalancer implements AutoCloseable {

  private static final List<String> CARRIED = List.of("Authorization", "Content-Type", "Accept");

  private final HttpClient client = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger turn = new AtomicInteger();
  private final HttpServer server;
  private volatile Supplier<List<String>> origins;
  private volatile Duration delayOfLast = Duration.ZERO;

  /**
   * Starts a balancer for a fixed list of servers.
   *
   * @param origins the origins of the servers, such as {@code http://127.0.0.1:8080}
   */
  public LoadBalancer(List<String> origins) {
    this(() -> origins);
  }

  /**
   * Starts a balancer for servers that can change.
   *
   * @param origins supplies the origins of the servers, at least one. The balancer calls the
   *     supplier for each request
   */
  public LoadBalancer(Supplier<List<String>> origins) {
    this.origins = origins;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::carry);
    server.setExecutor(threads);
    server.start();
  }

  /** Returns the base URL of the balancer. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Sets the origins of the servers for all later requests. */
  public void setOrigins(List<String> fixed) {
    origins = () -> fixed;
  }

  /** Delays each response of the last server in the list by this duration. */
  public void delayLast(Duration delay) {
    delayOfLast = delay;
  }

  private void carry(HttpExchange exchange) throws IOException {
    try (exchange) {
      List<String> now = origins.get();
      int to = Math.floorMod(turn.getAndIncrement(), now.size());
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(now.get(to) + exchange.getRequestURI()))
              .timeout(Duration.ofSeconds(60))
              .method(
                  exchange.getRequestMethod(),
                  HttpRequest.BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
      for (String name : CARRIED) {
        String value = exchange.getRequestHeaders().getFirst(name);
        if (value != null) {
          request.header(name, value);
        }
      }
      HttpResponse<byte[]> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      if (to == now.size() - 1) {
        Thread.sleep(delayOfLast.toMillis());
      }
      answer
          .headers()
          .firstValue("Content-Type")
          .ifPresent(type -> exchange.getResponseHeaders().add("Content-Type", type));
      exchange.sendResponseHeaders(
          answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
