package io.accesstokens.login;

/**
 * Whether a credential is good cannot be found out in time, since too many sign-ins are being
 * checked: an outage (503, try again in a moment), not a refusal.
 */
public final class SignInUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public SignInUnavailableException(String message) {
    super(message);
  }
}
