package io.accesstokens.token;

/** The token had been revoked before. */
public final class AlreadyRevokedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public AlreadyRevokedException() {
    super("the token is already revoked");
  }
}
