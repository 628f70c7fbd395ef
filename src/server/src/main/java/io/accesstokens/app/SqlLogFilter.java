package io.accesstokens.app;

import io.accesstokens.app.logging.ApplicationLogFilter;
import java.util.List;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Removes the records with which Hibernate and the MariaDB driver log each failed statement of this
 * application, and with which the PostgreSQL driver logs each certificate of another host name.
 * Omits the stack traces from the connection pool's records about broken connections. Each record
 * contains the SQLSTATE, and an outage breaks all connections.
 *
 * <p>These log lines are not needed. Some failures are expected: a name is taken, or two
 * transactions conflict. Every other failure throws an exception with all details. If an operator
 * has set the level of a logger, this class does not remove its records.
 */
final class SqlLogFilter implements AutoCloseable {

  static final List<String> LOGGERS =
      List.of(
          "org.hibernate.engine.jdbc.spi.SqlExceptionHelper",
          "org.mariadb.jdbc.message.server.ErrorPacket",
          "org.postgresql.ssl.PGjdbcHostnameVerifier");

  static final String BROKEN_CONNECTIONS = "com.zaxxer.hikari.pool.ProxyConnection";

  private final List<ApplicationLogFilter> filters =
      Stream.concat(
              LOGGERS.stream().map(Logger::getLogger).map(SqlLogFilter::install),
              Stream.of(
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

  private static boolean omitStackTrace(LogRecord entry) {
    entry.setThrown(null);
    return false; // the record is wanted
  }

  @Override
  public void close() {
    filters.forEach(ApplicationLogFilter::close);
  }
}
