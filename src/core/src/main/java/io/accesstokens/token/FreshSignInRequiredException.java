package io.accesstokens.token;

import java.time.Duration;

/**
 * The sign-in of the caller's session is too old for what was asked for. The caller signs in again
 * in the same session, then repeats the request. Nothing was changed.
 */
public final class FreshSignInRequiredException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Duration maxAge;

  FreshSignInRequiredException(Duration maxAge) {
    super(
        "this needs a fresh sign-in: that of the session is older than " + maxAge.toHours() + " h");
    this.maxAge = maxAge;
  }

  /** Returns how old the sign-in may be. */
  public Duration maxAge() {
    return maxAge;
  }
}
