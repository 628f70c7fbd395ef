package io.accesstokens.token;

/** An unrevoked token of the same owner has that name already. */
public final class NameTaken extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public NameTaken() {
    super("there is an unrevoked token of that name");
  }
}
