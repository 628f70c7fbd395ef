package io.accesstokens.token;

/** An unrevoked token of the group has that name already. */
public final class NameTaken extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public NameTaken() {
    super("the group has an unrevoked token of that name");
  }
}
