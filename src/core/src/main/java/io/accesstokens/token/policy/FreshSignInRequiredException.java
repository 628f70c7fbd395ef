package io.accesstokens.token.policy;

import java.time.Duration;

/**
 * Thrown if the sign-in of the caller's session is too old for the request. The caller must sign in
 * again in the same session, and then repeat the request. No token was changed.
 */
public final class FreshSignInRequiredException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param maxAge the maximum age of a sign-in for the request
   */
  FreshSignInRequiredException(Duration maxAge) {
    super("the sign-in of this session is older than " + maxAge.toHours() + " h: sign in again");
  }
}
