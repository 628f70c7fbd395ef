package io.accesstokens.store.jdbc;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Turns off the loggers of Hibernate and of the MariaDB driver that log each failed statement.
 *
 * <p>These log lines are not needed. A statement fails because a name is taken or because of a
 * conflict. For any other failure, the exception has all details. The loggers are off while at
 * least one database of this program is open, and have their former levels afterwards. If an
 * operator has set the level of a logger, this class does not change it.
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
