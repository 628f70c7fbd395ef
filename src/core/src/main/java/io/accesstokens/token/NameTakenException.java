package io.accesstokens.token;

/** Thrown if an unrevoked token of the same owner already has the requested name. */
public final class NameTakenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public NameTakenException() {
    super(
        "the owner has an unrevoked token with this name: choose another name, or revoke that"
            + " token");
  }
}
