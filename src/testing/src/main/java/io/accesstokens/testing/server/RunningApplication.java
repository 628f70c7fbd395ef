package io.accesstokens.testing.server;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.Exchanges;
import io.accesstokens.testing.client.RawHttp;
import io.accesstokens.testing.host.HostedServer;
import io.accesstokens.testing.program.ServerProcess;
import io.accesstokens.testing.time.RunningTime;
import java.io.IOException;
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
 * The application in another process, on a free loopback port. The application is ready when {@link
 * #start} returns, and has ended when {@link #close} returns.
 */
public final class RunningApplication implements AutoCloseable {

  private static final Duration READY = Duration.ofMinutes(3);

  /**
   * Maximum duration of a stop. After this time, Kubernetes kills a container that does not stop.
   */
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

  private static final long WAIT_MILLIS = 100;
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
   * Starts the application, and waits until {@code GET /health/ready} returns 200.
   *
   * @throws AssertionError with the end of the log, if the process ends or is not ready within
   *     three minutes
   */
  public static RunningApplication start(Deployment deployment)
      throws IOException, InterruptedException {
    RunningApplication application = launch(deployment, new Exchanges(), "http");
    application.awaitReady(HttpClient.newHttpClient());
    return application;
  }

  /**
   * Starts a server without the application, and waits until a protected page returns 401.
   *
   * @param path the absolute path of a page of the server that requires a password
   */
  public static RunningApplication startServer(Deployment deployment, String path)
      throws IOException, InterruptedException {
    RunningApplication server = launch(deployment, new Exchanges(), "http");
    URI uri = URI.create("http://127.0.0.1:" + server.port + path);
    server.await(HttpClient.newHttpClient(), uri, 401);
    return server;
  }

  /**
   * Starts the application with TLS and waits until it is ready.
   *
   * @param client a client that trusts the certificate of the deployment
   */
  public static RunningApplication startTls(Deployment deployment, HttpClient client)
      throws IOException, InterruptedException {
    RunningApplication application = launch(deployment, new Exchanges(), "https");
    application.awaitReady(client);
    return application;
  }

  /**
   * Starts another instance of the application with the same configuration and data, on another
   * port.
   */
  public RunningApplication restart() throws IOException, InterruptedException {
    RunningApplication application = launch(deployment, exchanges, scheme);
    application.awaitReady(HttpClient.newHttpClient());
    return application;
  }

  /**
   * Starts another instance of the application with the same configuration, data and port. The
   * process of this object must have ended.
   */
  public RunningApplication restartOnSamePort() throws IOException, InterruptedException {
    RunningApplication application = launch(deployment, exchanges, scheme, port);
    application.awaitReady(HttpClient.newHttpClient());
    return application;
  }

  /** Returns a loopback port that is currently free. */
  public static int freePort() {
    return ServerProcess.freePort();
  }

  private static RunningApplication launch(
      Deployment deployment, Exchanges exchanges, String scheme) throws IOException {
    return launch(deployment, exchanges, scheme, freePort());
  }

  private static RunningApplication launch(
      Deployment deployment, Exchanges exchanges, String scheme, int port) throws IOException {
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

  /** Returns a client that calls the application without credentials. */
  public Api api() {
    return new Api(uri(""), exchanges);
  }

  /** Returns a client that sends raw bytes to the application. */
  public RawHttp socket() {
    return new RawHttp(port, deployment.contextPath(), exchanges);
  }

  /** Returns the recorded responses, including responses before restarts. */
  public Exchanges exchanges() {
    return exchanges;
  }

  public int port() {
    return port;
  }

  public long processId() {
    return process.pid();
  }

  /** Returns true if the server sends every error in the common error format. */
  public boolean isStandalone() {
    return deployment.isStandalone();
  }

  /**
   * Returns true if the server may send no response, or an empty response, to input that is not
   * HTTP.
   */
  public boolean mayIgnoreNonHttp() {
    return deployment.mayIgnoreNonHttp();
  }

  /**
   * Returns the context path without a trailing slash. The context path is empty if the application
   * has the root path.
   */
  public String contextPath() {
    return deployment.contextPath();
  }

  /** Returns the standard output and standard error of the process so far. */
  public String log() throws IOException {
    return process instanceof HostedServer hosted
        ? hosted.output()
        : Files.readString(log, StandardCharsets.UTF_8);
  }

  /**
   * Returns the file that contains the output of the application. A server in a shared process
   * writes the file when the server ends.
   */
  public Path logFile() {
    return log;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Sends SIGTERM to the process. In a shared process, stops the server in the same way. Does not
   * wait for the end of the server.
   */
  public void requestStop() {
    process.destroy();
  }

  /**
   * Stops the server as {@link #requestStop} does, and waits for its end.
   *
   * @return the exit code
   * @throws AssertionError if the server still runs after 30 seconds
   */
  public int stop() throws InterruptedException {
    process.destroy();
    return awaitEnd();
  }

  /**
   * Waits for the end of the process and returns the exit code. Kills the process if it still runs
   * after 30 seconds.
   *
   * @throws AssertionError if the process was killed
   */
  public int awaitEnd() throws InterruptedException {
    return awaitEnd(STOP_TIMEOUT);
  }

  /**
   * Waits for the end of the process and returns the exit code. Kills the process if it still runs
   * after {@code atMost}, in the {@link RunningTime} of this process.
   *
   * @throws AssertionError if the process was killed
   */
  int awaitEnd(Duration atMost) throws InterruptedException {
    RunningTime time = RunningTime.start();
    while (!process.waitFor(WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
      if (time.elapsed().compareTo(atMost) >= 0) {
        process.destroyForcibly().waitFor();
        throw new AssertionError(
            "still running " + atMost.toSeconds() + " s after SIGTERM:\n" + tail());
      }
    }
    return process.exitValue();
  }

  /** Freezes the process (SIGSTOP). Connections stay open, but the process does not respond. */
  public void pause() {
    ServerProcess.pause(List.of(process.toHandle()));
  }

  /** Resumes the process after {@link #pause()} (SIGCONT). */
  public void resume() {
    ServerProcess.resume(List.of(process.toHandle()));
  }

  /**
   * Kills the separate process with SIGKILL. The process cannot write data or close connections.
   *
   * @throws IllegalStateException if the application runs in a shared process
   */
  public void kill() throws InterruptedException {
    if (process instanceof HostedServer) {
      throw new IllegalStateException(
          "only a separate process can be killed: use WarProcess.inSeparateProcess()");
    }
    process.destroyForcibly().waitFor();
  }

  /**
   * Ends the application if it still runs. A separate process is killed. A server in a shared
   * process is stopped.
   */
  @Override
  public void close() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private URI uri(String path) {
    return URI.create(scheme + "://127.0.0.1:" + port + deployment.contextPath() + path);
  }

  /** Returns the port and the end of the log, for assertion messages. */
  @Override
  public String toString() {
    return "port " + port + ":\n" + tail();
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
