package io.accesstokens.testing.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A server that runs in a {@link HostProcess}. No other server uses that process at the same time.
 * A hosted server has no process id, because tests must not kill, pause or measure a shared
 * process.
 */
public final class HostedServer extends Process {

  /** Processes that run no server. The process that became idle last is used first. */
  private static final Deque<HostProcess> IDLE = new ArrayDeque<>();

  private static final int KILLED = 137;

  private final HostProcess host;
  private final Path log;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile int exitCode;
  private volatile String output = "";

  private HostedServer(HostProcess host, Path log) {
    this.host = host;
    this.log = log;
  }

  /**
   * Starts a server.
   *
   * @param environment all environment variables of the server
   * @param log the file that receives all output when the server has ended
   */
  public static HostedServer start(
      Path war, List<String> arguments, Map<String, String> environment, Path log)
      throws IOException {
    HostProcess host;
    synchronized (IDLE) {
      host = IDLE.isEmpty() ? null : IDLE.pop();
    }
    HostedServer server = new HostedServer(host == null ? HostProcess.start(war) : host, log);
    server.host.run(arguments, environment, "");
    Thread end = new Thread(server::awaitEnd, "hosted-server");
    end.setDaemon(true);
    end.start();
    return server;
  }

  private void awaitEnd() {
    int code = KILLED;
    try {
      code = host.awaitEnd(Duration.ZERO);
      output = text();
      Files.writeString(log, output);
    } catch (IOException e) {
      code = KILLED;
      host.kill(); // The process has ended or was killed.
    } finally {
      end(code);
    }
  }

  /** Ends this server. Otherwise, {@link #destroy} could stop the next server of the process. */
  private void end(int code) {
    synchronized (IDLE) {
      exitCode = code;
      ended.countDown();
      if (code != KILLED) {
        IDLE.push(host);
      }
    }
  }

  /** Returns the standard output followed by the standard error of the server so far. */
  public String output() throws IOException {
    return isAlive() ? text() : output;
  }

  private String text() throws IOException {
    return host.out.text() + host.err.text();
  }

  @Override
  public boolean isAlive() {
    return ended.getCount() > 0;
  }

  @Override
  public int exitValue() {
    if (isAlive()) {
      throw new IllegalThreadStateException("the server is running");
    }
    return exitCode;
  }

  @Override
  public int waitFor() throws InterruptedException {
    ended.await();
    return exitCode;
  }

  @Override
  public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
    return ended.await(timeout, unit);
  }

  /** Stops the server as SIGTERM does. */
  @Override
  public void destroy() {
    synchronized (IDLE) {
      if (isAlive()) {
        try {
          host.stop();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  /** Stops the server. Kills the process if the server still runs after a minute. */
  @Override
  public Process destroyForcibly() {
    destroy();
    try {
      if (!waitFor(60, TimeUnit.SECONDS)) {
        host.kill();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return this;
  }

  @Override
  public OutputStream getOutputStream() {
    return OutputStream.nullOutputStream();
  }

  @Override
  public InputStream getInputStream() {
    return InputStream.nullInputStream();
  }

  @Override
  public InputStream getErrorStream() {
    return InputStream.nullInputStream();
  }
}
