package io.accesstokens.token;

import io.accesstokens.verify.RawToken;

/** A new personal token with its secret: the only time that the two are seen together. */
public final class MintedToken {

  private final PersonalToken token;
  private final RawToken rawToken;

  MintedToken(PersonalToken token, RawToken rawToken) {
    this.token = token;
    this.rawToken = rawToken;
  }

  /** The token as stored. */
  public PersonalToken token() {
    return token;
  }

  /** The secret, which cannot be had again. */
  public RawToken rawToken() {
    return rawToken;
  }

  @Override
  public String toString() {
    return "MintedToken[" + token.id() + ", redacted]";
  }
}
