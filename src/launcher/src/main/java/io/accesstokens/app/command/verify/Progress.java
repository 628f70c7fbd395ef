package io.accesstokens.app.command.verify;

import java.io.Console;
import java.io.PrintWriter;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Shows the progress of a verification in one line of a terminal. Shows nothing without a terminal,
 * or for a small log.
 */
final class Progress implements LongConsumer {

  /** Minimum number of entries between two updates. */
  private static final long STEP = 10_000;

  private final PrintWriter err;
  private final long size;
  private final boolean isShown;
  private long next = STEP;

  Progress(PrintWriter err, long size) {
    this(err, size, isTerminal());
  }

  Progress(PrintWriter err, long size, boolean isTerminal) {
    this.err = err;
    this.size = size;
    this.isShown = size > STEP && isTerminal;
  }

  @SuppressWarnings("SystemConsoleNull") // before Java 22, the console is null without a terminal
  private static boolean isTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // Since Java 22, there is also a console without a terminal.
      return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  @Override
  public void accept(long count) {
    if (isShown && count >= next) {
      next = count + STEP;
      err.print("\rverified " + count + " of " + size + " entries (" + 100 * count / size + " %)");
      err.flush();
    }
  }

  /**
   * Ends the line that shows the progress, and prints the next step.
   *
   * @param next the next step, as a sentence; null if there is none
   */
  void end(@Nullable String next) {
    if (isShown) {
      err.println();
      if (next != null) {
        err.println(next);
      }
      err.flush();
    }
  }
}
