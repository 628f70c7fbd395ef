package io.accesstokens.jwt;

/**
 * Thrown if a token cannot be verified because the keys of the issuer cannot be read. This
 * exception means an outage, not a rejected token.
 */
final class KeysUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  KeysUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
