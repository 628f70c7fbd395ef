package io.accesstokens.verify;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a verifier cannot decide now whether a token is valid: an outage, not a refused token.
 */
public class VerificationUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message names what cannot be reached; it holds no secret
   */
  public VerificationUnavailableException(String message) {
    super(message);
  }

  /**
   * @param message names what cannot be reached; it holds no secret
   */
  public VerificationUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
