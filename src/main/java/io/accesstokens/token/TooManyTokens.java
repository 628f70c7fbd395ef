package io.accesstokens.token;

/** The user has as many good personal tokens as they may have. */
public final class TooManyTokens extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param most how many they may have
   */
  public TooManyTokens(int most) {
    super("there are " + most + " good tokens, and there may be no more: revoke one first");
  }
}
