package io.accesstokens.store.schema;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.flywaydb.core.api.logging.Log;
import org.flywaydb.core.api.logging.LogCreator;

/**
 * Logs Flyway's messages at lower levels than Flyway does. Operators do not need most of these
 * messages.
 *
 * <p>This class is public only because Flyway loads it by its name.
 */
public final class FlywayLog implements LogCreator {

  @Override
  public Log createLogger(Class<?> type) {
    return new Forward(System.getLogger(type.getName()));
  }

  private record Forward(Logger logger) implements Log {
    @Override
    public void debug(String message) {
      logger.log(Level.TRACE, message);
    }

    @Override
    public void info(String message) {
      logger.log(Level.DEBUG, message);
    }

    @Override
    public void notice(String message) {
      logger.log(Level.DEBUG, message);
    }

    @Override
    public void warn(String message) {
      logger.log(Level.DEBUG, message);
    }

    @Override
    public void error(String message) {
      logger.log(Level.WARNING, message);
    }

    @Override
    public void error(String message, Exception e) {
      logger.log(Level.WARNING, message, e);
    }
  }
}
