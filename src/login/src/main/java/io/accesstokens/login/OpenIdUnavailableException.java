package io.accesstokens.login;

/** The OpenID provider does not answer, or not in a usable way: an outage, not a refusal. */
final class OpenIdUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  OpenIdUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
