package io.accesstokens.token.service;

import io.accesstokens.token.PersonalToken;
import io.accesstokens.verify.RawToken;

/** A new personal token with its secret. The secret is not available later. */
public final class MintedToken {

  private final PersonalToken token;
  private final RawToken rawToken;

  MintedToken(PersonalToken token, RawToken rawToken) {
    this.token = token;
    this.rawToken = rawToken;
  }

  /** Returns the token as stored. */
  public PersonalToken token() {
    return token;
  }

  /** Returns the secret, which cannot be retrieved again. */
  public RawToken rawToken() {
    return rawToken;
  }

  @Override
  public String toString() {
    return "MintedToken[" + token.id() + ", redacted]";
  }
}
