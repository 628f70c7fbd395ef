package io.accesstokens.transparency;

/**
 * Thrown if the stored log contradicts a checkpoint that was signed before, or does not record a
 * stored archive. No events are appended to a log that contradicts a signed checkpoint.
 */
public final class ForkedLogException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ForkedLogException(String message) {
    super(message);
  }

  ForkedLogException(String message, Throwable cause) {
    super(message, cause);
  }
}
