package io.accesstokens.login.openid;

/**
 * Thrown if a user cannot sign in because of the response of the OpenID provider. The message
 * contains no data of the response.
 */
final class OpenIdRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  OpenIdRefusedException(String message) {
    super(message, null, false, false); // no stack trace, because this exception is expected
  }
}
