package io.accesstokens.app;

import io.accesstokens.app.logging.ApplicationLogFilter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Removes log records of libraries about the database of this application, or parts of these log
 * records.
 *
 * <ul>
 *   <li>Hibernate and the MariaDB driver log each failed statement. These log records are not
 *       needed. Some failures are expected: a name is taken, or two transactions conflict. Every
 *       other failure throws an exception with all details.
 *   <li>The PostgreSQL driver logs each server certificate that is for another host name. At most
 *       one of these log records in a minute is kept. A record is needed, because only the record
 *       contains the reason of the failed connection. During an outage, each attempt to connect
 *       would write a record.
 *   <li>The connection pool logs each broken connection with a stack trace. The stack trace is
 *       removed, because an outage breaks all connections. The log record contains the SQLSTATE.
 *   <li>The connection pool advises a shorter {@code maxLifetime} for each idle connection that
 *       does not work. The advice is removed, because the usual reason is an outage, and there is
 *       no such setting.
 * </ul>
 *
 * <p>If an operator has set the level of one of the loggers, this class removes no record of this
 * logger.
 */
final class SqlLogFilter implements AutoCloseable {

  static final List<String> LOGGERS =
      List.of(
          "org.hibernate.engine.jdbc.spi.SqlExceptionHelper",
          "org.mariadb.jdbc.message.server.ErrorPacket");

  static final String HOST_NAMES = "org.postgresql.ssl.PGjdbcHostnameVerifier";

  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  static final String BROKEN_CONNECTIONS = "com.zaxxer.hikari.pool.ProxyConnection";
  static final String IDLE_CONNECTIONS = "com.zaxxer.hikari.pool.PoolBase";
  private static final String ADVICE = " Possibly consider using a shorter maxLifetime value.";

  private final List<ApplicationLogFilter> filters =
      Stream.concat(
              LOGGERS.stream().map(Logger::getLogger).map(SqlLogFilter::install),
              Stream.of(
                  installForHostNames(Logger.getLogger(HOST_NAMES)),
                  ApplicationLogFilter.install(
                      Logger.getLogger(BROKEN_CONNECTIONS), SqlLogFilter::omitStackTrace),
                  ApplicationLogFilter.install(
                      Logger.getLogger(IDLE_CONNECTIONS), SqlLogFilter::omitAdvice)))
          .toList();

  private SqlLogFilter() {}

  /** Adds filters to the loggers. {@link #close} removes the filters. */
  static SqlLogFilter install() {
    return new SqlLogFilter();
  }

  private static ApplicationLogFilter install(Logger logger) {
    return ApplicationLogFilter.install(logger, (LogRecord entry) -> logger.getLevel() == null);
  }

  private static ApplicationLogFilter installForHostNames(Logger logger) {
    AtomicLong next = new AtomicLong(System.nanoTime());
    return ApplicationLogFilter.install(
        logger,
        entry -> {
          long now = System.nanoTime();
          long due = next.get();
          boolean isKept = now - due >= 0 && next.compareAndSet(due, now + MINUTE);
          return !isKept && logger.getLevel() == null;
        });
  }

  private static boolean omitStackTrace(LogRecord entry) {
    entry.setThrown(null);
    return false; // the record is wanted
  }

  private static boolean omitAdvice(LogRecord entry) {
    entry.setMessage(String.valueOf(entry.getMessage()).replace(ADVICE, ""));
    return false;
  }

  @Override
  public void close() {
    filters.forEach(ApplicationLogFilter::close);
  }
}
