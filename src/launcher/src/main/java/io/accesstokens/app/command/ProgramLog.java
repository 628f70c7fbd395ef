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
 * Configures the logs of {@code java -jar}. Each record is one line on standard error. The audit
 * log is written as plain JSON lines on standard output. If the operator sets {@code
 * java.util.logging.config.file}, that file takes precedence.
 */
final class ProgramLog {

  private static final Pattern LINE_BREAK = Pattern.compile("\\R");

  /** Logger that receives one JSON line for each audit event. */
  private static final Logger AUDIT = auditLogger();

  private static final Logger ROOT = Logger.getLogger("");

  /**
   * Logger of the MariaDB driver, which is turned off. The driver logs each SQL error, also an
   * error that the caller handles. The messages can contain data.
   */
  private static final Logger DRIVER_ERRORS =
      Logger.getLogger("org.mariadb.jdbc.message.server.ErrorPacket");

  private static final int MAX_CAUSES = 20;

  private static volatile Map<Logger, Handler> handlers = Map.of();

  /**
   * Loggers of libraries, which log only warnings and errors. These strong references keep the
   * levels of the loggers. Without strong references, the garbage collector could remove the
   * loggers.
   */
  private static final List<Logger> LIBRARIES =
      List.of(Logger.getLogger("org"), Logger.getLogger("com"));

  private ProgramLog() {}

  /**
   * Installs the handlers.
   *
   * @param startRefused returns true if the application has reported why the start has failed. The
   *     log then omits errors of the container
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
   * Returns true if an exception shows that the connection to a client is closed. Any client can
   * cause such exceptions at any rate, and an operator cannot prevent such exceptions.
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
   * Installs the handlers again. The Java platform removes the handlers when the shutdown of the
   * process begins, while requests in flight still write to the log.
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
   * The logger of audit events. When the shutdown of the process begins, the Java platform removes
   * the handlers of all loggers. This logger keeps its handlers, because the application reports
   * events until it has stopped.
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
       * Flushes the stream, but does not close the stream, because the process owns it. A closed
       * handler cannot write again.
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
          // Text from a client must not start a new log line.
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
