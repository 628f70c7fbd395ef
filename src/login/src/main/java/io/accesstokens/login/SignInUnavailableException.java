package io.accesstokens.login;

/**
 * Thrown if a credential cannot be verified in time, because too many sign-ins are being verified.
 * This is an outage (503, the client can retry in a moment), not a rejection.
 */
public final class SignInUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public SignInUnavailableException(String message) {
    super(message);
  }
}
