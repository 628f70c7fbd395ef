package io.accesstokens.token.directory;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a directory cannot determine a result now. This exception reports an outage. It never
 * means that a group, a user or an address does not exist.
 */
public final class DirectoryUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public DirectoryUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
