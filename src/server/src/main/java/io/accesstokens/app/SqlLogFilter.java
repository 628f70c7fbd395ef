package io.accesstokens.app;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Turns off the loggers with which Hibernate and the MariaDB driver log each failed statement.
 *
 * <p>These log lines are not needed. Some failures are expected: a name is taken, or two
 * transactions conflict. Every other failure throws an exception with all details. The loggers are
 * off while at least one database of this program is open. When the last database closes, the
 * loggers get their former levels. If an operator has set the level of a logger, this class does
 * not change that level.
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
