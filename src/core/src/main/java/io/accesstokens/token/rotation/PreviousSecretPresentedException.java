package io.accesstokens.token.rotation;

/**
 * Thrown if a client presents a token's previous secret for a self-rotation that does not repeat
 * the last rotation.
 */
final class PreviousSecretPresentedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  PreviousSecretPresentedException() {
    super("the previous secret can only repeat the rotation that replaced it");
  }
}
