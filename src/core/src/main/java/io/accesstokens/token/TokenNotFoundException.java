package io.accesstokens.token;

/** Thrown if the caller can see no token with the id. */
public final class TokenNotFoundException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public TokenNotFoundException() {
    super("no such token");
  }
}
