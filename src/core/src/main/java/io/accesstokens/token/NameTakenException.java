package io.accesstokens.token;

/** Thrown if an unrevoked token of the same owner already has the requested name. */
public final class NameTakenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public NameTakenException() {
    super("an unrevoked token with that name exists");
  }
}
