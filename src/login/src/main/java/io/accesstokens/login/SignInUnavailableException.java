package io.accesstokens.login;

/**
 * Thrown if a credential cannot be verified in time, for example because of too many concurrent
 * sign-ins. This exception means an outage, not a wrong credential. The response is 503, and the
 * client can retry later.
 */
public final class SignInUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public SignInUnavailableException(String message) {
    super(message);
  }
}
