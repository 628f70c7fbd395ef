package io.accesstokens.token;

/** Thrown if the token to revoke was already revoked. */
public final class AlreadyRevokedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public AlreadyRevokedException() {
    super("the token is already revoked");
  }
}
