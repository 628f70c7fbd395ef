package io.accesstokens.token.service;

import io.accesstokens.token.PersonalToken;
import io.accesstokens.verify.RawToken;

/** A new personal token with its raw token. The raw token cannot be retrieved later. */
public final class CreatedPersonalToken {

  private final PersonalToken token;
  private final RawToken rawToken;

  CreatedPersonalToken(PersonalToken token, RawToken rawToken) {
    this.token = token;
    this.rawToken = rawToken;
  }

  /** Returns the token as stored. */
  public PersonalToken token() {
    return token;
  }

  /** Returns the raw token, which is a secret and cannot be retrieved later. */
  public RawToken rawToken() {
    return rawToken;
  }

  @Override
  public String toString() {
    return "CreatedPersonalToken[" + token.id() + ", redacted]";
  }
}
