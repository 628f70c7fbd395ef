package io.accesstokens.app;

import java.util.List;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Turns off the loggers with which Hibernate and the MariaDB driver log each failed statement, and
 * omits the stack traces of the line with which the connection pool logs each broken connection.
 *
 * <p>These log lines are not needed. Some failures are expected: a name is taken, or two
 * transactions conflict. Every other failure throws an exception with all details. The loggers are
 * off while at least one database of this program is open. When the last database closes, the
 * loggers get their former levels. If an operator has set the level of a logger, this class does
 * not change that level. In an outage, all connections break. Each line contains the SQLSTATE, and
 * its stack trace has about 120 lines.
 */
final class SqlLogFilter {

  private static final List<Logger> LOGGERS =
      List.of(
          Logger.getLogger("org.hibernate.engine.jdbc.spi.SqlExceptionHelper"),
          Logger.getLogger("org.mariadb.jdbc.message.server.ErrorPacket"));

  private static final Logger BROKEN_CONNECTIONS =
      Logger.getLogger("com.zaxxer.hikari.pool.ProxyConnection");

  private static final Filter WITHOUT_STACK_TRACE =
      line -> {
        line.setThrown(null);
        return true;
      };

  private static int users;
  private static List<Logger> changed = List.of();

  private SqlLogFilter() {}

  static synchronized void begin() {
    if (users++ == 0) {
      changed = LOGGERS.stream().filter(logger -> logger.getLevel() == null).toList();
      changed.forEach(logger -> logger.setLevel(Level.OFF));
      if (BROKEN_CONNECTIONS.getFilter() == null) {
        BROKEN_CONNECTIONS.setFilter(WITHOUT_STACK_TRACE);
      }
    }
  }

  static synchronized void end() {
    if (--users == 0) {
      changed.stream()
          .filter(logger -> Level.OFF.equals(logger.getLevel()))
          .forEach(logger -> logger.setLevel(null));
      changed = List.of();
      if (WITHOUT_STACK_TRACE.equals(BROKEN_CONNECTIONS.getFilter())) {
        BROKEN_CONNECTIONS.setFilter(null);
      }
    }
  }
}
