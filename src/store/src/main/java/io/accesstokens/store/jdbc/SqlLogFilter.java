package io.accesstokens.store.jdbc;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Turns off the loggers of Hibernate and of the MariaDB driver that log each failed statement.
 *
 * <p>These loggers are not needed. A failed statement means a name that is taken, a conflict that
 * is repeated, or an exception with all details. The loggers are off while at least one database of
 * this program is open. If an operator has set the level of a logger, that logger is not changed.
 * The levels are restored afterwards, because some hosts share these loggers with other
 * applications.
 */
final class SqlLogFilter {

  private static final List<Logger> LOGGERS =
      List.of(
          Logger.getLogger("org.hibernate.engine.jdbc.spi.SqlExceptionHelper"),
          Logger.getLogger("org.mariadb.jdbc.message.server.ErrorPacket"));

  private static int users;
  private static List<Logger> changed = List.of();

  private SqlLogFilter() {}

  static synchronized void begin() {
    if (users++ == 0) {
      changed = LOGGERS.stream().filter(logger -> logger.getLevel() == null).toList();
      changed.forEach(logger -> logger.setLevel(Level.OFF));
    }
  }

  static synchronized void end() {
    if (--users == 0) {
      changed.stream()
          .filter(logger -> Level.OFF.equals(logger.getLevel()))
          .forEach(logger -> logger.setLevel(null));
      changed = List.of();
    }
  }
}
