package io.accesstokens.testing.program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** Operations for servers that run in separate processes. */
public final class ServerProcess {

  /** An attempt to use a server. The attempt throws an exception if the server does not respond. */
  @FunctionalInterface
  public interface Attempt {
    void run() throws Exception;
  }

  private static final long PAUSE_MILLIS = 50;

  private static final int FIRST_PORT = 20_000;
  private static final int LAST_PORT = 32_700;
  private static final int MAX_TRIES = 10_000;
  private static final FileChannel RESERVATIONS = reservations();

  private ServerProcess() {}

  /**
   * Returns a loopback port that is currently free. No other call returns the port until this JVM
   * ends, not even a call in another JVM of the same user.
   *
   * <p>The port is below the range from which Linux takes the ports of clients and of sockets that
   * are bound to port 0. Otherwise another socket could take the port before the server starts, or
   * while the server restarts.
   */
  public static int freePort() {
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT + 1);
      if (reserves(port) && isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port from " + FIRST_PORT + " to " + LAST_PORT);
  }

  /** Reserves a port with a lock on one byte of a file. The lock ends with this JVM. */
  private static boolean reserves(int port) {
    try {
      return RESERVATIONS.tryLock(port, 1, false) != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FileChannel reservations() {
    String name = "access-tokens-test-ports-" + System.getProperty("user.name");
    try {
      return FileChannel.open(
          Path.of(System.getProperty("java.io.tmpdir"), name),
          StandardOpenOption.CREATE,
          StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1)) { // on all addresses
      return socket.isBound();
    } catch (IOException e) {
      return false;
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
    signal(List.of(process.toHandle()), signal);
  }

  private static void signal(List<ProcessHandle> processes, String signal) {
    List<String> command = new ArrayList<>(List.of("kill", signal));
    processes.forEach(process -> command.add(Long.toString(process.pid())));
    ServerPrograms.run(command);
  }

  /** Returns the text of a file to which a process writes its output. */
  public static String output(Path log) {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Freezes processes (SIGSTOP) and waits until each of their threads is stopped. Otherwise a
   * thread could still answer a request after the signal was sent.
   */
  public static void pause(List<ProcessHandle> processes) {
    signalRunning(processes, "-STOP");
    try {
      Awaitility.await("the processes are stopped")
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> processes.stream().allMatch(ServerProcess::isStopped));
    } catch (RuntimeException e) {
      resume(processes); // the caller resumes them only after a successful pause
      throw e;
    }
  }

  /** Resumes processes (SIGCONT) in the order of the list, after {@link #pause}. */
  public static void resume(List<ProcessHandle> processes) {
    signalRunning(processes, "-CONT");
  }

  /** Sends a signal to all processes that have not ended. A process can end at any time. */
  private static void signalRunning(List<ProcessHandle> processes, String signal) {
    try {
      signal(processes, signal);
    } catch (IllegalStateException e) {
      if (processes.stream().allMatch(ProcessHandle::isAlive)) {
        throw e;
      }
    }
  }

  private static boolean isStopped(ProcessHandle process) {
    Path threads = Path.of("/proc", Long.toString(process.pid()), "task");
    try (Stream<Path> all = Files.list(threads)) {
      return all.allMatch(thread -> isStopped(thread.resolve("stat")));
    } catch (IOException | UncheckedIOException e) {
      return !process.isAlive();
    }
  }

  /**
   * Returns true if a thread is stopped or has ended. Field 3 of proc_pid_stat(5) contains the
   * state of the thread. This field follows the name in parentheses.
   *
   * @param file the file {@code stat} of the thread
   */
  private static boolean isStopped(Path file) {
    try {
      String stat = Files.readString(file);
      return "TZX".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) >= 0;
    } catch (IOException e) {
      return true; // The thread has ended.
    }
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
