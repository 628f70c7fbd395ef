package io.accesstokens.token.directory;

/**
 * Thrown if the group directory does not respond. This is an outage, and never means "no such
 * group".
 */
public final class DirectoryUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public DirectoryUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
