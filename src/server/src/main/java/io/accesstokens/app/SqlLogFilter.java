package io.accesstokens.app;

import io.accesstokens.app.logging.ApplicationLogFilter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Removes records of libraries about the database of this application.
 *
 * <ul>
 *   <li>Hibernate and the MariaDB driver log each failed statement. These records are not needed.
 *       Some failures are expected: a name is taken, or two transactions conflict. Every other
 *       failure throws an exception with all details.
 *   <li>The PostgreSQL driver logs each certificate for another host name. At most one of these
 *       records in a minute is kept, because only the record has the reason, and an outage has many
 *       attempts to connect.
 *   <li>The stack trace is removed from each record of the connection pool about a broken
 *       connection. The record contains the SQLSTATE, and an outage breaks all connections.
 * </ul>
 *
 * <p>If an operator has set the level of a logger, this class does not remove its records.
 */
final class SqlLogFilter implements AutoCloseable {

  static final List<String> LOGGERS =
      List.of(
          "org.hibernate.engine.jdbc.spi.SqlExceptionHelper",
          "org.mariadb.jdbc.message.server.ErrorPacket");

  static final String HOST_NAMES = "org.postgresql.ssl.PGjdbcHostnameVerifier";

  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  static final String BROKEN_CONNECTIONS = "com.zaxxer.hikari.pool.ProxyConnection";

  private final List<ApplicationLogFilter> filters =
      Stream.concat(
              LOGGERS.stream().map(Logger::getLogger).map(SqlLogFilter::install),
              Stream.of(
                  installForHostNames(Logger.getLogger(HOST_NAMES)),
                  ApplicationLogFilter.install(
                      Logger.getLogger(BROKEN_CONNECTIONS), SqlLogFilter::omitStackTrace)))
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

  @Override
  public void close() {
    filters.forEach(ApplicationLogFilter::close);
  }
}
