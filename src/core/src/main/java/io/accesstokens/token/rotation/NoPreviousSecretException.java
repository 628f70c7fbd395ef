package io.accesstokens.token.rotation;

/** Thrown if a token has no previous secret that could be ended. */
public final class NoPreviousSecretException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NoPreviousSecretException() {
    super("the token has no previous secret");
  }
}
