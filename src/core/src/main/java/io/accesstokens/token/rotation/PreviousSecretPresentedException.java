package io.accesstokens.token.rotation;

/** Thrown if the previous secret authenticated a self-rotation that repeats no earlier rotation. */
final class PreviousSecretPresentedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  PreviousSecretPresentedException() {
    super("the previous secret can only repeat the rotation that replaced it");
  }
}
