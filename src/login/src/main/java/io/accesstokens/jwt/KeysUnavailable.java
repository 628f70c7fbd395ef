package io.accesstokens.jwt;

/** An issuer's keys cannot be read, so that nobody knows whether its token is good: an outage. */
final class KeysUnavailable extends RuntimeException {

  private static final long serialVersionUID = 1L;

  KeysUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
