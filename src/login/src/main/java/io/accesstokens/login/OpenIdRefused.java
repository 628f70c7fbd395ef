package io.accesstokens.login;

/** What the OpenID provider said lets nobody in. The message holds nothing that it said. */
final class OpenIdRefused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  OpenIdRefused(String message) {
    super(message, null, false, false); // an expected answer, of which no trace is needed
  }
}
