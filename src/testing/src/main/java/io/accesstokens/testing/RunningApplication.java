package io.accesstokens.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The application in a process of its own, serving on a free loopback port: ready when {@link
 * #start} returns, and gone when {@link #close} returns.
 */
public final class RunningApplication implements AutoCloseable {

  private static final Duration READY = Duration.ofMinutes(3);
  private static final long STOP_SECONDS = 15;
  private static final int TAIL = 4000;

  private final Deployment deployment;
  private final Exchanges exchanges;
  private final String scheme;
  private final int port;
  private final Path log;
  private final Process process;

  private RunningApplication(
      Deployment deployment,
      Exchanges exchanges,
      String scheme,
      int port,
      Path log,
      Process process) {
    this.deployment = deployment;
    this.exchanges = exchanges;
    this.scheme = scheme;
    this.port = port;
    this.log = log;
    this.process = process;
  }

  /**
   * Starts it and waits until {@code GET /health/ready} is 200.
   *
   * @throws AssertionError with the log's tail, if it ends or is not ready within three minutes
   */
  public static RunningApplication start(Deployment deployment)
      throws IOException, InterruptedException {
    RunningApplication application = launch(deployment, new Exchanges(), "http");
    application.awaitReady(HttpClient.newHttpClient());
    return application;
  }

  /**
   * Starts a server to which the application has yet to be deployed.
   *
   * @param path something of the server's own that wants a password, from the root
   */
  public static RunningApplication startServer(Deployment deployment, String path)
      throws IOException, InterruptedException {
    RunningApplication server = launch(deployment, new Exchanges(), "http");
    URI uri = URI.create("http://127.0.0.1:" + server.port + path);
    server.await(HttpClient.newHttpClient(), uri, 401);
    return server;
  }

  /**
   * Starts it with TLS and waits until it is ready.
   *
   * @param client trusts the certificate of the deployment
   */
  public static RunningApplication startTls(Deployment deployment, HttpClient client)
      throws IOException, InterruptedException {
    RunningApplication application = launch(deployment, new Exchanges(), "https");
    application.awaitReady(client);
    return application;
  }

  /** Starts it again in the same way, on the same data, on another port. */
  public RunningApplication restart() throws IOException, InterruptedException {
    RunningApplication application = launch(deployment, exchanges, scheme);
    application.awaitReady(HttpClient.newHttpClient());
    return application;
  }

  /** A port of the loopback interface on which nothing listens now. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static RunningApplication launch(
      Deployment deployment, Exchanges exchanges, String scheme) throws IOException {
    int port = freePort();
    Path log = Files.createTempFile(deployment.folder(), "log-", ".txt");
    Process process = deployment.start(port, log);
    return new RunningApplication(deployment, exchanges, scheme, port, log, process);
  }

  private void awaitReady(HttpClient client) throws InterruptedException {
    await(client, uri("/health/ready"), 200);
  }

  private void await(HttpClient client, URI uri, int expected) throws InterruptedException {
    HttpRequest ready = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build();
    long end = System.nanoTime() + READY.toNanos();
    String last = "nothing";
    while (System.nanoTime() < end) {
      if (!process.isAlive()) {
        throw new AssertionError("ended with " + process.exitValue() + ":\n" + tail());
      }
      try {
        int status = client.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode();
        if (status == expected) {
          return;
        }
        last = "status " + status;
      } catch (IOException e) {
        last = e.toString();
      }
      Thread.sleep(50);
    }
    String tail = tail();
    close();
    throw new AssertionError("not ready, last saw " + last + ":\n" + tail);
  }

  /** A client of it, without credentials. */
  public Api api() {
    return new Api(uri(""), exchanges);
  }

  /** A bare socket to it. */
  public RawHttp socket() {
    return new RawHttp(port, deployment.contextPath(), exchanges);
  }

  /** What it answered so far, over all restarts. */
  public Exchanges exchanges() {
    return exchanges;
  }

  public int port() {
    return port;
  }

  public long processId() {
    return process.pid();
  }

  /** Whether its server answers everything in the form of all errors. */
  public boolean hasOwnServer() {
    return deployment.hasOwnServer();
  }

  /** Whether its server may answer what is not HTTP with nothing. */
  public boolean mayStaySilent() {
    return deployment.mayStaySilent();
  }

  /** What comes before every path: empty, or a context path. */
  public String contextPath() {
    return deployment.contextPath();
  }

  /** Everything that this process wrote so far to standard output and standard error. */
  public String log() throws IOException {
    return Files.readString(log, StandardCharsets.UTF_8);
  }

  /** The file that {@link #log} reads. */
  public Path logFile() {
    return log;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Asks it to end (SIGTERM), without waiting. */
  public void askToStop() {
    process.destroy();
  }

  /**
   * Stops it by SIGTERM.
   *
   * @return the exit code
   * @throws AssertionError if it still runs after 15 seconds
   */
  public int stop() throws InterruptedException {
    process.destroy();
    return awaitEnd();
  }

  /** Waits up to 15 seconds for its end, and gives the exit code. */
  public int awaitEnd() throws InterruptedException {
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      kill();
      throw new AssertionError("still running 15 s after SIGTERM:\n" + tail());
    }
    return process.exitValue();
  }

  /** Freezes it (SIGSTOP): connections stay, and nothing answers. */
  public void pause() {
    ServerPrograms.run(List.of("kill", "-STOP", Long.toString(process.pid())));
  }

  /** Ends {@link #pause()}. */
  public void resume() {
    ServerPrograms.run(List.of("kill", "-CONT", Long.toString(process.pid())));
  }

  /** Kills it by SIGKILL: it gets no chance to write or close anything. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Kills it, if it still runs. */
  @Override
  public void close() {
    try {
      kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private URI uri(String path) {
    return URI.create(scheme + "://127.0.0.1:" + port + deployment.contextPath() + path);
  }

  private String tail() {
    try {
      String text = log();
      return text.substring(Math.max(0, text.length() - TAIL));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
