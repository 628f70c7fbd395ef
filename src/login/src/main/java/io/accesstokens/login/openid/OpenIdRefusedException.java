package io.accesstokens.login.openid;

/**
 * Thrown if a user cannot sign in because of the OpenID provider's response. The message contains
 * no data from the response, except an error code.
 */
final class OpenIdRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  OpenIdRefusedException(String message) {
    super(message, null, false, false); // no stack trace, because this exception is expected
  }
}
