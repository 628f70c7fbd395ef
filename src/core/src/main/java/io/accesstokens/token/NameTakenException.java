package io.accesstokens.token;

/** An unrevoked token of the same owner has that name already. */
public final class NameTakenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public NameTakenException() {
    super("there is an unrevoked token of that name");
  }
}
