package io.accesstokens.token.rotation;

/** Thrown if a token presents its previous secret for a self-rotation that is not a repeat. */
final class PreviousSecretPresentedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  PreviousSecretPresentedException() {
    super("the previous secret can only repeat the rotation that replaced it");
  }
}
