package io.accesstokens.token;

/** Thrown if no token has the requested id, or if the caller may not access the token. */
public final class TokenNotFoundException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public TokenNotFoundException() {
    super("there is no token with this id, or you may not access it");
  }
}
