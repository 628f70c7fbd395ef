package io.accesstokens.app.command;

import io.accesstokens.app.command.logging.ProgramLog;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;

/**
 * Ends the process if a thread that the server needs ends with an error of the JVM, usually because
 * memory was exhausted. Tomcat does not replace the threads that accept and read connections.
 * Without these threads, the process would keep its database open, but respond to no request. An
 * executor replaces its background threads only if there is memory for a new thread. A supervisor
 * can start the process again. No confirmed change is lost, because a change is stored before its
 * response.
 *
 * <p>The end of any other thread is only logged. The server replaces the threads of requests.
 */
final class ThreadGuard implements Thread.UncaughtExceptionHandler {

  private static final Logger LOG = System.getLogger(ThreadGuard.class.getName());

  /** Suffixes of the names of threads that accept connections or start requests. */
  private static final String[] ENDS = {"-Acceptor", "-Poller", "-watcher"};

  /** Prefixes of the names of threads for background work, and the name of the main thread. */
  private static final String[] STARTS = {"Catalina-utility-", "access-tokens-", "main"};

  /**
   * The message for standard error if the log cannot be written. The constant contains bytes,
   * because encoding a text needs memory.
   */
  private static final byte[] NO_MEMORY =
      "this process ends, because a thread that it needs has ended without memory\n"
          .getBytes(StandardCharsets.US_ASCII);

  private static final FileOutputStream ERR = new FileOutputStream(FileDescriptor.err);

  private final Runnable halt;

  /**
   * Creates a handler of uncaught exceptions.
   *
   * @param halt ends the process
   */
  ThreadGuard(Runnable halt) {
    this.halt = halt;
  }

  /** Installs a handler for all threads of this process. */
  static void install() {
    // Halts, because shutdown hooks need memory and the threads of the server.
    Thread.setDefaultUncaughtExceptionHandler(new ThreadGuard(() -> Runtime.getRuntime().halt(1)));
  }

  @Override
  public void uncaughtException(Thread thread, Throwable failure) {
    if (failure instanceof VirtualMachineError && isNeeded(thread.getName())) {
      try {
        report(thread, failure);
      } finally {
        halt.run();
      }
    } else {
      LOG.log(Level.ERROR, "the thread " + thread.getName() + " has ended", failure);
    }
  }

  /**
   * Returns true for the threads of Tomcat's connectors, for the threads of background work, and
   * for the main thread, which starts the server. Creates no object, because memory can be
   * exhausted. Therefore this method has no string literals: the JVM creates the object of a
   * literal at its first use.
   */
  static boolean isNeeded(String thread) {
    for (String end : ENDS) {
      if (thread.endsWith(end)) {
        return true;
      }
    }
    for (String start : STARTS) {
      if (thread.startsWith(start)) {
        return true;
      }
    }
    return false;
  }

  private static void report(Thread thread, Throwable failure) {
    try {
      LOG.log(
          Level.ERROR,
          "this process ends, because the thread " + thread.getName() + " has ended",
          failure);
      ProgramLog.flush();
    } catch (RuntimeException | Error e) {
      try {
        ERR.write(NO_MEMORY);
      } catch (IOException closed) {
        // There is no other place to report this.
      }
    }
  }
}
