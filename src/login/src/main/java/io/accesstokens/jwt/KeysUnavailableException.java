package io.accesstokens.jwt;

/** An issuer's keys cannot be read, so that nobody knows whether its token is good: an outage. */
final class KeysUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  KeysUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
