package io.accesstokens.token;

/** No token that the caller may see has that id. */
public final class TokenNotFound extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public TokenNotFound() {
    super("no such token");
  }
}
