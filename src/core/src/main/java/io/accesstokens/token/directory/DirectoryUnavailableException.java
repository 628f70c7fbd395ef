package io.accesstokens.token.directory;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if the group directory does not respond. This exception reports an outage, and never that
 * a group does not exist.
 */
public final class DirectoryUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public DirectoryUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
