package io.accesstokens.token;

/** The token had been revoked before. */
public final class AlreadyRevoked extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public AlreadyRevoked() {
    super("the token is already revoked");
  }
}
