package io.accesstokens.app.command;

import io.accesstokens.verify.LogLimit;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Filter;
import java.util.logging.LogRecord;

/**
 * Limits what one logger writes, independent of the requests: {@value #LINES} lines and one stack
 * trace a second. Above the limit of traces, a record is written without its trace. The next line
 * reports how many lines were suppressed. This class is safe for use by many threads.
 */
final class LineLimits implements Filter {

  static final int LINES = 100;

  private static final int TRACES = 1;

  /** Loggers are named in code, so their number is small. */
  private final Map<String, LogLimit> lines = new ConcurrentHashMap<>();

  private final Map<String, LogLimit> traces = new ConcurrentHashMap<>();

  @Override
  public boolean isLoggable(LogRecord entry) {
    String logger = String.valueOf(entry.getLoggerName());
    OptionalLong before = lines.computeIfAbsent(logger, any -> new LogLimit(LINES)).admit();
    if (before.isEmpty()) {
      return false;
    }
    if (before.getAsLong() > 0) {
      append(entry, " (and " + before.getAsLong() + " lines before)");
    }
    Throwable thrown = entry.getThrown();
    if (thrown != null
        && traces.computeIfAbsent(logger, any -> new LogLimit(TRACES)).admit().isEmpty()) {
      append(entry, " (without the trace of " + thrown.getClass().getName() + ")");
      entry.setThrown(null);
    }
    return true;
  }

  private static void append(LogRecord entry, String text) {
    entry.setMessage(entry.getMessage() + text);
  }
}
