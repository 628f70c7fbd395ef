package io.accesstokens.store.jdbc;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if the database cannot be used as configured, and a retry does not help. Examples are a
 * wrong password, a file that another process has open, or a URL of an unknown database.
 *
 * <p>The message is one line for the operator. The message contains neither the password nor the
 * URL.
 */
public final class DatabaseRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Error codes of H2 for a missing database file. */
  private static final Set<Integer> MISSING = Set.of(90146, 90149);

  public DatabaseRefusedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Returns true if the cause of this exception is that an embedded database does not exist. */
  public boolean isOfMissingDatabase() {
    return getCause() instanceof SQLException e && MISSING.contains(e.getErrorCode());
  }
}
