package io.accesstokens.testing.program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Operations for servers that run in separate processes. */
public final class ServerProcess {

  /** An attempt to use a server. The attempt throws an exception if the server does not respond. */
  @FunctionalInterface
  public interface Attempt {
    void run() throws Exception;
  }

  private static final long PAUSE_MILLIS = 50;

  private ServerProcess() {}

  /** Returns a loopback port that is currently free. */
  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Repeats an attempt until it succeeds.
   *
   * @param log the output file of the process. The exception message contains the path of this file
   * @throws IllegalStateException if the process ends or the timeout expires before an attempt
   *     succeeds
   */
  public static void await(Process process, Path log, Duration timeout, Attempt attempt) {
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      while (true) {
        try {
          attempt.run();
          return;
        } catch (InterruptedException e) {
          throw e;
        } catch (Exception e) {
          if (!process.isAlive() || System.nanoTime() > deadline) {
            throw new IllegalStateException("the server did not start: see " + log, e);
          }
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /**
   * Sends a signal to a process.
   *
   * @param signal the signal as an option of {@code kill}, such as {@code -STOP}
   */
  public static void signal(Process process, String signal) {
    ServerPrograms.run(List.of("kill", signal, Long.toString(process.pid())));
  }

  /** Waits for the end of a process that received a signal. Kills the process after the timeout. */
  public static void awaitEnd(Process process, Duration timeout) {
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
