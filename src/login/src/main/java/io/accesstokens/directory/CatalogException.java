package io.accesstokens.directory;

import org.jspecify.annotations.Nullable;

/** A catalog did not answer, or not as a catalog does. The message holds nothing that is secret. */
final class CatalogException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CatalogException(String message) {
    super(message);
  }

  CatalogException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
