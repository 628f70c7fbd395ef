package io.accesstokens.app.command.logging;

import io.accesstokens.verify.limit.LogLimit;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Filter;
import java.util.logging.LogRecord;

/**
 * Limits the output of each logger to {@value #LINES} lines and one stack trace per second. Above
 * the limit of stack traces, an entry is written without its stack trace. Above the limit of lines,
 * an entry is suppressed. The next line reports how many lines were suppressed. Thread-safe.
 */
final class LineLimitFilter implements Filter {

  static final int LINES = 100;

  private static final int TRACES = 1;

  /**
   * Limits of lines, by logger name. The number of logger names is small, because logger names do
   * not depend on requests.
   */
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
