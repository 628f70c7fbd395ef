package io.accesstokens.jwt;

/**
 * Thrown if the keys of an issuer cannot be read, so that a token cannot be verified. This
 * exception means an outage, not a rejected token.
 */
final class KeysUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  KeysUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
