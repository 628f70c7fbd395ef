package io.accesstokens.directory;

import java.util.concurrent.CompletionException;
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

  /**
   * Returns the reason why a request to a catalog failed. The reason continues a sentence that
   * begins with "the catalog", for example {@code is unavailable}.
   *
   * @param thrown the failure of the request, which a {@link CompletionException} can wrap
   */
  static String reason(@Nullable Throwable thrown) {
    Throwable cause = cause(thrown);
    return cause instanceof CatalogException
        ? String.valueOf(cause.getMessage())
        : "is unavailable: " + cause;
  }

  /** Returns the cause of a {@link CompletionException}. Returns any other exception unchanged. */
  static @Nullable Throwable cause(@Nullable Throwable thrown) {
    return thrown instanceof CompletionException e && e.getCause() != null ? e.getCause() : thrown;
  }
}
