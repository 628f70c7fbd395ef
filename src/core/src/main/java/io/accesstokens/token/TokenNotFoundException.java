package io.accesstokens.token;

/** No token that the caller may see has that id. */
public final class TokenNotFoundException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public TokenNotFoundException() {
    super("no such token");
  }
}
