package io.accesstokens.login.openid;

/**
 * Thrown if the OpenID provider does not respond, or if the response is unusable. This exception
 * means an outage, not a rejected sign-in.
 */
final class OpenIdUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  OpenIdUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
