package io.accesstokens.app.command.logging;

import io.accesstokens.app.logging.LogFormat;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.function.Supplier;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * Formats log entries. The thread that logs an entry must call the formatter, because the line
 * contains the name and the trace id of this thread.
 *
 * <p>Text: {@code TIME LEVEL LOGGER: MESSAGE traceId=ID}. A stack trace follows in lines that start
 * with a tab. For an entry of the logger {@value #AUDIT}, the line consists only of the entry's
 * JSON object.
 *
 * <p>JSON: one object with the members {@code time}, {@code level}, {@code logger}, {@code
 * message}, {@code thread}, and, if known, {@code traceId} and {@code error}. An entry of the
 * logger {@value #AUDIT} or {@value #ACCESS} contains a JSON object. This object is the value of a
 * member with the name of the logger.
 *
 * <p>A message has at most {@value #MAX_MESSAGE} characters, an audit event at most {@value
 * #MAX_EVENT}, and a stack trace at most {@value #MAX_TRACE}. Control characters except tabs are
 * escaped, or become spaces. Therefore a text from a caller cannot imitate a log entry.
 */
final class LineFormat extends Formatter {

  static final String AUDIT = "audit";
  static final String ACCESS = "access";

  static final int MAX_MESSAGE = 8_192;
  static final int MAX_TRACE = 16_384;

  private static final int MAX_EVENT = 65_536;
  private static final int MAX_NAME = 200;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final LogFormat format;
  private final Supplier<@Nullable String> traceId;

  /**
   * Creates a formatter.
   *
   * @param traceId returns the trace id of the current thread; null if there is none
   */
  LineFormat(LogFormat format, Supplier<@Nullable String> traceId) {
    this.format = format;
    this.traceId = traceId;
  }

  @Override
  public String format(LogRecord entry) {
    return (format == LogFormat.JSON ? json(entry) : text(entry)) + System.lineSeparator();
  }

  /** Returns the name of a level: ERROR, WARNING, INFO, DEBUG or TRACE. */
  private static String name(Level level) {
    int value = level.intValue();
    if (value >= Level.SEVERE.intValue()) {
      return "ERROR";
    }
    if (value >= Level.WARNING.intValue()) {
      return "WARNING";
    }
    if (value >= Level.INFO.intValue()) {
      return "INFO";
    }
    return value >= Level.FINE.intValue() ? "DEBUG" : "TRACE";
  }

  private String text(LogRecord entry) {
    String logger = logger(entry);
    String message = formatMessage(entry);
    if (logger.equals(AUDIT)) {
      return HiddenCharacters.escaped(bounded(message, MAX_EVENT));
    }
    StringBuilder line = new StringBuilder();
    line.append(TIME.format(entry.getInstant()))
        .append(' ')
        .append(name(entry.getLevel()))
        .append(' ');
    HiddenCharacters.append(logger, line);
    HiddenCharacters.append(bounded(message, MAX_MESSAGE), line.append(": "));
    String id = traceId.get();
    if (id != null) {
      line.append(" traceId=").append(id);
    }
    Throwable thrown = entry.getThrown();
    if (thrown != null) {
      stackTrace(thrown)
          .lines()
          .forEach(
              traced ->
                  HiddenCharacters.append(
                      traced, line.append(System.lineSeparator()).append('\t')));
    }
    return line.toString();
  }

  private String json(LogRecord entry) {
    String logger = logger(entry);
    String message = formatMessage(entry);
    boolean event =
        (logger.equals(AUDIT) || logger.equals(ACCESS)) && message.length() <= MAX_EVENT;
    JsonLine line =
        new JsonLine()
            .add("time", TIME.format(entry.getInstant()))
            .add("level", name(entry.getLevel()))
            .add("logger", logger)
            .add("message", event ? logger + " event" : bounded(message, MAX_MESSAGE))
            .add("thread", bounded(Thread.currentThread().getName(), MAX_NAME));
    String id = traceId.get();
    if (id != null) {
      line.add("traceId", id);
    }
    Throwable thrown = entry.getThrown();
    if (thrown != null) {
      line.addJson(
          "error",
          new JsonLine()
              .add("type", bounded(thrown.getClass().getName(), MAX_NAME))
              .add("message", bounded(thrown.getMessage(), MAX_MESSAGE))
              .add("stackTrace", stackTrace(thrown))
              .toString());
    }
    if (event) {
      // The writers of these loggers write JSON objects only. In JSON, hidden characters apart from
      // white space are only in texts, where an escape has the same value.
      line.addJson(logger, HiddenCharacters.escaped(message));
    }
    return line.toString();
  }

  private static String logger(LogRecord entry) {
    return bounded(String.valueOf(entry.getLoggerName()), MAX_NAME);
  }

  private static String stackTrace(Throwable thrown) {
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace, true));
    return bounded(trace.toString().stripTrailing(), MAX_TRACE);
  }

  private static String bounded(@Nullable String text, int max) {
    String known = String.valueOf(text);
    return known.length() <= max ? known : known.substring(0, max) + "…";
  }
}
