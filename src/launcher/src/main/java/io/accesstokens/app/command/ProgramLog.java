package io.accesstokens.app.command;

import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import java.util.regex.Pattern;
import org.apache.catalina.connector.ClientAbortException;
import org.jspecify.annotations.Nullable;

/**
 * Logging of {@code java -jar}: one line a record on standard error, and the audit log as bare JSON
 * lines on standard output. A {@code java.util.logging.config.file} of one's own takes precedence.
 */
final class ProgramLog {

  private static final Pattern LINE_BREAK = Pattern.compile("\\R");

  /** The logger that gets one JSON line an audit event. */
  private static final Logger AUDIT = auditLogger();

  private static final Logger ROOT = Logger.getLogger("");

  /** Repeats every SQL error, those we handle and what they say of the data included. */
  private static final Logger DRIVER_ERRORS =
      Logger.getLogger("org.mariadb.jdbc.message.server.ErrorPacket");

  private static final int MAX_CAUSES = 20;

  private static volatile Map<Logger, Handler> handlers = Map.of();

  /** Of libraries, only what an operator may have to act on. Held, or their levels are lost. */
  private static final List<Logger> LIBRARIES =
      List.of(Logger.getLogger("org"), Logger.getLogger("com"));

  private ProgramLog() {}

  /**
   * Sets the handlers up.
   *
   * @param startRefused whether the application has said itself why it does not start; what the
   *     container has to say of that is then left out
   */
  static void configure(BooleanSupplier startRefused) {
    if (System.getProperty("java.util.logging.config.file") != null) {
      return;
    }
    LogManager.getLogManager().reset();
    ROOT.setLevel(Level.INFO);
    LIBRARIES.forEach(library -> library.setLevel(Level.WARNING));
    DRIVER_ERRORS.setLevel(Level.OFF);
    Handler log = handler(System.err, new LineFormatter());
    LineLimits limits = new LineLimits();
    log.setFilter(
        entry ->
            !(startRefused.getAsBoolean()
                    && String.valueOf(entry.getLoggerName()).startsWith("org.apache."))
                && !isClientGone(entry.getThrown())
                && limits.isLoggable(entry));
    AUDIT.setUseParentHandlers(false);
    handlers = Map.of(ROOT, log, AUDIT, handler(System.out, new MessageFormatter()));
    keep();
  }

  /**
   * Returns true if a client has closed its connection, or lost it for being slow. Any client can
   * cause that at any rate, and an operator can do nothing about it.
   */
  private static boolean isClientGone(@Nullable Throwable thrown) {
    Throwable cause = thrown;
    for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
      if (cause instanceof ClientAbortException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  /**
   * Puts the handlers back. When the process is asked to end, the platform removes them at once,
   * while requests in flight still have something to say.
   */
  static void keep() {
    handlers.forEach(
        (logger, handler) -> {
          if (logger.getHandlers().length == 0) {
            logger.addHandler(handler);
          }
        });
  }

  private static Logger auditLogger() {
    Logger kept = new AuditEvents();
    return LogManager.getLogManager().addLogger(kept) ? kept : Logger.getLogger(AuditEvents.NAME);
  }

  /**
   * Keeps its handlers when the process is asked to end: the platform resets all loggers then, at
   * the same time as the application stops and reports the events that it has counted.
   */
  private static final class AuditEvents extends Logger {

    private static final String NAME = "audit";

    AuditEvents() {
      super(NAME, null);
    }

    @Override
    public void removeHandler(Handler handler) {}
  }

  private static Handler handler(OutputStream out, Formatter formatter) {
    return new StreamHandler(new PrintStream(out, true, StandardCharsets.UTF_8), formatter) {
      @Override
      public synchronized void publish(LogRecord entry) {
        super.publish(entry);
        flush();
      }

      /**
       * The stream is the process's: a closed handler writes nothing, even if it is added again.
       */
      @Override
      public synchronized void close() {
        flush();
      }
    };
  }

  private static final class LineFormatter extends Formatter {
    @Override
    public String format(LogRecord entry) {
      StringWriter text = new StringWriter();
      text.append(entry.getInstant().truncatedTo(ChronoUnit.MILLIS).toString())
          .append(' ')
          .append(entry.getLevel().getName().toUpperCase(Locale.ROOT))
          .append(' ')
          .append(String.valueOf(entry.getLoggerName()))
          .append(": ")
          // What came from outside must not be able to start a line of its own.
          .append(LINE_BREAK.matcher(formatMessage(entry)).replaceAll(" "))
          .append(System.lineSeparator());
      if (entry.getThrown() != null) {
        entry.getThrown().printStackTrace(new PrintWriter(text, true));
      }
      return text.toString();
    }
  }

  private static final class MessageFormatter extends Formatter {
    @Override
    public String format(LogRecord entry) {
      return entry.getMessage() + System.lineSeparator();
    }
  }
}
