package io.accesstokens.app.transparency.publication;

import org.jspecify.annotations.Nullable;

/** Thrown if a checkpoint could not be published. The message contains no URL. */
final class PublicationException extends Exception {

  private static final long serialVersionUID = 1L;

  PublicationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
