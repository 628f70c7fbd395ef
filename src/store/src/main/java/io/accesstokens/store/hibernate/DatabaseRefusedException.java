package io.accesstokens.store.hibernate;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The database cannot be used as configured, and waiting will not help: a wrong password, a file
 * that another process has open, a URL of no known database.
 *
 * <p>The message is one line for the operator; it holds neither password nor URL.
 */
public final class DatabaseRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The error codes of H2 for a file that is not there. */
  private static final Set<Integer> MISSING = Set.of(90146, 90149);

  DatabaseRefusedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Whether it was refused only because an embedded database is not there. */
  public boolean isOfMissingDatabase() {
    return getCause() instanceof SQLException e && MISSING.contains(e.getErrorCode());
  }
}
