package io.accesstokens.store.hibernate;

import org.jspecify.annotations.Nullable;

/**
 * The database cannot be used as configured, and waiting will not help: a wrong password, a file
 * that another process has open, a URL of no known database.
 *
 * <p>The message is one line for the operator; it holds neither password nor URL.
 */
public final class DatabaseRefused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DatabaseRefused(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
