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
 * Configures the logs of {@code java -jar}: one line for each record on standard error, and the
 * audit log as plain JSON lines on standard output. If the operator sets {@code
 * java.util.logging.config.file}, it takes precedence.
 */
final class ProgramLog {

  private static final Pattern LINE_BREAK = Pattern.compile("\\R");

  /** The logger that receives one JSON line for each audit event. */
  private static final Logger AUDIT = auditLogger();

  private static final Logger ROOT = Logger.getLogger("");

  /**
   * Logs every SQL error, including handled errors and the data in their messages. So it is off.
   */
  private static final Logger DRIVER_ERRORS =
      Logger.getLogger("org.mariadb.jdbc.message.server.ErrorPacket");

  private static final int MAX_CAUSES = 20;

  private static volatile Map<Logger, Handler> handlers = Map.of();

  /**
   * Libraries log only what may need an action of the operator. Strong references keep their
   * levels: otherwise the garbage collector could remove these loggers.
   */
  private static final List<Logger> LIBRARIES =
      List.of(Logger.getLogger("org"), Logger.getLogger("com"));

  private ProgramLog() {}

  /**
   * Installs the handlers.
   *
   * @param startRefused returns true if the application has reported why it does not start; the
   *     container's own errors are then omitted
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
   * Returns true if a client has closed its connection, or lost it because it was too slow. Any
   * client can cause this at any rate, and an operator can do nothing about it.
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
   * Installs the handlers again. When the process must end, the platform removes them at once,
   * while requests in flight may still write to the log.
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
   * Never removes its handlers. When the process must end, the platform resets all loggers. At the
   * same time the application stops and reports the events that it has counted.
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
       * Does not close the stream, because the process owns it. A closed handler writes nothing,
       * even if it is added again.
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
          // Text from outside must not be able to start a new log line.
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
