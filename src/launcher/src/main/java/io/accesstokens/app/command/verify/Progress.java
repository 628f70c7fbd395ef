package io.accesstokens.app.command.verify;

import java.io.Console;
import java.io.PrintWriter;
import java.util.function.LongConsumer;

/**
 * Shows the steps of a command on standard error. In a terminal, also shows how much of a step is
 * done. Shows nothing for a small log.
 */
final class Progress implements LongConsumer, AutoCloseable {

  /**
   * Minimum number of entries or tokens between two updates. A step with at most this number of
   * entries is not shown.
   */
  private static final long INTERVAL = 10_000;

  private final PrintWriter err;
  private final boolean isTerminal;
  private final long interval;
  private String step = "";
  private String total = "";
  private boolean isShown;
  private boolean isLineOpen;
  private long next;

  Progress(PrintWriter err) {
    this(err, isTerminal(), INTERVAL);
  }

  Progress(PrintWriter err, boolean isTerminal, long interval) {
    this.err = err;
    this.isTerminal = isTerminal;
    this.interval = interval;
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

  /**
   * Begins a step, and ends the previous step.
   *
   * @param entries the number of entries that the step processes
   */
  void begin(String name, long entries) {
    begin(name, entries, " of " + entries + " entries");
  }

  /** Begins the step that processes tokens, whose number is unknown. Ends the previous step. */
  void beginTokens(String name, long entries) {
    begin(name, entries, " tokens");
  }

  private void begin(String name, long entries, String unit) {
    close();
    step = name;
    total = unit;
    next = interval;
    isShown = entries > interval;
    isLineOpen = isShown;
    if (isShown) {
      err.print(step);
      err.flush();
      if (!isTerminal) {
        close();
      }
    }
  }

  /**
   * Shows the state of the step.
   *
   * @param count the number of entries or tokens that the step has processed
   */
  @Override
  public void accept(long count) {
    if (isShown && isTerminal && count >= next) {
      next = count + interval;
      err.print('\r' + step + ": " + count + total);
      err.flush();
    }
  }

  /** Ends the line of the current step. */
  @Override
  public void close() {
    if (isLineOpen) {
      isLineOpen = false;
      err.println();
      err.flush();
    }
  }
}
