package io.accesstokens.verify;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a verifier cannot decide now whether a token is valid. The exception reports an outage,
 * not a refused token.
 */
public class VerificationUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception without a cause.
   *
   * @param message the reason, without any secret
   */
  public VerificationUnavailableException(String message) {
    super(message);
  }

  /**
   * Creates an exception with a cause.
   *
   * @param message the reason, without any secret
   * @param cause the cause; null if there is none
   */
  public VerificationUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
