package io.accesstokens.store.jdbc;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Silences the loggers of Hibernate and the MariaDB driver that report each failed statement before
 * it throws.
 *
 * <p>Here a failure is a name that is taken, a conflict that is repeated, or an exception with all
 * details. The loggers are off while one of our databases is open, unless an operator has set their
 * level. Their levels are restored afterwards, because some hosts share these loggers with other
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
