package io.accesstokens.directory;

import org.jspecify.annotations.Nullable;

/** A catalog did not answer, or not as a catalog does. The message holds nothing that is secret. */
final class CatalogFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CatalogFailure(String message) {
    super(message);
  }

  CatalogFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
