package io.accesstokens.testing.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Operations that all servers in separate processes need. */
final class ServerProcess {

  /** An attempt to use a server, which throws an exception until the server responds. */
  @FunctionalInterface
  interface Attempt {
    void run() throws Exception;
  }

  private static final long PAUSE_MILLIS = 50;

  private ServerProcess() {}

  /** Returns a loopback port that is currently free. */
  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns when the attempt succeeds.
   *
   * @param log the file with the output of the process, which the exception names
   * @throws IllegalStateException if the process ends or the attempt fails for too long
   */
  static void await(Process process, Path log, Duration timeout, Attempt attempt) {
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
   * Sends a signal.
   *
   * @param signal the option of {@code kill}, such as {@code -STOP}
   */
  static void signal(Process process, String signal) {
    ServerPrograms.run(List.of("kill", signal, Long.toString(process.pid())));
  }

  /** Waits until a process ends after a signal, and kills it after the timeout. */
  static void awaitEnd(Process process, Duration timeout) {
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Removes a folder and ignores files that another process has removed or still uses. */
  static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException | UncheckedIOException e) {
      // The files are already removed.
    }
  }
}
