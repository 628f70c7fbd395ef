package io.accesstokens.directory;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a catalog does not respond, or if the response is unusable. The message contains no
 * secret.
 */
final class CatalogException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CatalogException(String message) {
    super(message);
  }

  CatalogException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
