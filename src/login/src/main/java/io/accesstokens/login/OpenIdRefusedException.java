package io.accesstokens.login;

/** What the OpenID provider said lets nobody in. The message holds nothing that it said. */
final class OpenIdRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  OpenIdRefusedException(String message) {
    super(message, null, false, false); // an expected answer, of which no trace is needed
  }
}
