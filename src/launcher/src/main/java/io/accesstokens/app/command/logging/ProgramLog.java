package io.accesstokens.app.command.logging;

import io.accesstokens.app.logging.LogFormat;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.Settings;
import io.accesstokens.http.problem.TraceContext;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Configures the logs of {@code java -jar}. The lines of the audit log are written to standard
 * output, and all other lines to standard error. If the operator sets {@code
 * java.util.logging.config.file}, that file configures the logs instead.
 */
public final class ProgramLog {

  private static final String OWN_CONFIGURATION = "java.util.logging.config.file";

  /** Logger that receives the audit events as lines of JSON. */
  private static final Logger AUDIT = auditLogger();

  /** Logger that receives one JSON line for each request. */
  private static final Logger ACCESS = Logger.getLogger(LineFormat.ACCESS);

  private static final Logger ROOT = Logger.getLogger("");

  /**
   * Logger of the MariaDB driver. This logger is turned off, because the driver logs each SQL
   * error, even an error that the caller handles. The messages can also contain data.
   */
  private static final Logger DRIVER_ERRORS =
      Logger.getLogger("org.mariadb.jdbc.message.server.ErrorPacket");

  private static final Duration FLUSH = Duration.ofSeconds(2);

  private static volatile Map<Logger, WritingHandler> handlers = Map.of();

  private static volatile LogFormat format = LogFormat.TEXT;

  /**
   * The levels of loggers. Libraries log only warnings and errors. The strong references keep the
   * loggers: otherwise, the garbage collector could remove them, and their levels would be lost.
   */
  private static final Map<Logger, Level> LEVELS = new ConcurrentHashMap<>();

  private ProgramLog() {}

  /**
   * Installs the handlers, unless the operator has set {@code java.util.logging.config.file}.
   *
   * @param startRefused returns true if the application has reported why the start has failed. The
   *     log then omits errors of the container
   */
  public static void configure(BooleanSupplier startRefused) {
    if (System.getProperty(OWN_CONFIGURATION) != null) {
      return;
    }
    LogManager.getLogManager().reset();
    LEVELS.put(ROOT, Level.INFO);
    LEVELS.put(Logger.getLogger("org"), Level.WARNING);
    LEVELS.put(Logger.getLogger("com"), Level.WARNING);
    LEVELS.put(DRIVER_ERRORS, Level.OFF);
    LineWriter err =
        new LineWriter(
            "access-tokens-log",
            new FileOutputStream(FileDescriptor.err),
            count -> line(dropped(count, "standard error")));
    LineWriter out =
        new LineWriter(
            "access-tokens-audit-log",
            new FileOutputStream(FileDescriptor.out),
            count -> line(droppedAuditLines(count)));
    WritingHandler log = new WritingHandler(err, true);
    LineLimitFilter limitFilter = new LineLimitFilter();
    log.setFilter(
        entry ->
            !(startRefused.getAsBoolean()
                    && String.valueOf(entry.getLoggerName()).startsWith("org.apache."))
                && !ClientErrors.isCausedByClient(entry.getThrown())
                && limitFilter.isLoggable(entry));
    for (Logger events : List.of(AUDIT, ACCESS)) {
      events.setUseParentHandlers(false);
      LEVELS.put(events, Level.INFO); // independent of the level of the root logger
    }
    handlers =
        Map.of(
            ROOT,
            log,
            ACCESS,
            new WritingHandler(err, false),
            AUDIT,
            new WritingHandler(out, true));
    enforceConfiguration();
  }

  /**
   * Applies the settings of the log, unless the operator has set {@code
   * java.util.logging.config.file}.
   */
  public static void apply(Configuration configuration) {
    Settings.Log settings = configuration.settings().log();
    if (handlers.isEmpty()) {
      if (settings.format() != LogFormat.TEXT || settings.levels().isPresent()) {
        ROOT.warning(
            "accessTokens.log.format and accessTokens.log.levels have no effect, because "
                + OWN_CONFIGURATION
                + " is set");
      }
      return;
    }
    format = settings.format();
    configuration.logLevels().forEach((name, level) -> LEVELS.put(Logger.getLogger(name), level));
    LEVELS.put(DRIVER_ERRORS, Level.OFF); // even if the settings contain a level
    enforceConfiguration();
  }

  /** Returns true if this class writes the log, with the trace id in each line. */
  public static boolean isConfigured() {
    return !handlers.isEmpty();
  }

  /**
   * Installs the missing handlers and sets the levels. The Java platform removes both when the
   * shutdown of the process begins, while the server still writes to the log. Therefore the server
   * calls this method repeatedly during a shutdown.
   */
  public static void enforceConfiguration() {
    LEVELS.forEach(Logger::setLevel);
    handlers.forEach(
        (logger, handler) -> {
          if (logger.getHandlers().length == 0) {
            logger.addHandler(handler);
          }
        });
  }

  /** Waits until all queued lines are written, at most two seconds for all handlers together. */
  public static void flush() {
    long end = System.nanoTime() + FLUSH.toNanos();
    handlers
        .values()
        .forEach(handler -> handler.writer.flush(Duration.ofNanos(end - System.nanoTime())));
  }

  private static Logger auditLogger() {
    Logger kept = new AuditEvents();
    return LogManager.getLogManager().addLogger(kept) ? kept : Logger.getLogger(LineFormat.AUDIT);
  }

  private static String line(LogRecord entry) {
    return new LineFormat(format, () -> null).format(entry);
  }

  private static LogRecord dropped(long lines, String output) {
    LogRecord entry =
        new LogRecord(
            Level.WARNING,
            lines + " lines were lost, because " + output + " did not accept them in time");
    entry.setLoggerName(ProgramLog.class.getName());
    return entry;
  }

  private static LogRecord droppedAuditLines(long lines) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    JsonLine event =
        new JsonLine()
            .add("event", "lines-lost")
            .add("occurredAt", now.toString())
            .add("count", lines);
    LogRecord entry = new LogRecord(Level.WARNING, event.toString());
    entry.setLoggerName(LineFormat.AUDIT);
    return entry;
  }

  /**
   * The logger of audit events. When the shutdown of the process begins, the Java platform removes
   * the handlers of all loggers. This logger keeps its handlers, because the application reports
   * events until it has stopped.
   */
  private static final class AuditEvents extends Logger {

    AuditEvents() {
      super(LineFormat.AUDIT, null);
    }

    @Override
    public void removeHandler(Handler handler) {}
  }

  /** Formats an entry in the thread that logs the entry, and passes the line to a writer. */
  private static final class WritingHandler extends Handler {

    private final LineWriter writer;
    private final boolean waits;

    WritingHandler(LineWriter writer, boolean waits) {
      this.writer = writer;
      this.waits = waits;
      setLevel(Level.ALL);
    }

    @Override
    public void publish(LogRecord entry) {
      if (!isLoggable(entry)) {
        return;
      }
      String line = new LineFormat(format, TraceContext::currentId).format(entry);
      boolean queued = waits ? writer.write(line) : writer.enqueue(line);
      if (!queued && LineFormat.AUDIT.equals(entry.getLoggerName())) {
        // Standard error may still accept lines. LineLimitFilter limits their number.
        ROOT.log(dropped(1, "standard output"));
      }
    }

    @Override
    public void flush() {
      writer.flush(FLUSH);
    }

    /**
     * Flushes the output, but does not close it. At shutdown, the Java platform closes all
     * handlers, but the application still logs until it has stopped.
     */
    @Override
    public void close() {
      flush();
    }
  }
}
