package io.accesstokens.verify;

import org.jspecify.annotations.Nullable;

/** Whether a token is good cannot be found out now: an outage, not a refusal. */
public class VerificationUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message says what is out of reach; it holds no secret
   */
  public VerificationUnavailableException(String message) {
    super(message);
  }

  /**
   * @param message says what is out of reach; it holds no secret
   */
  public VerificationUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
