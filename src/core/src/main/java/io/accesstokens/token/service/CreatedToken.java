package io.accesstokens.token.service;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.verify.RawToken;

/** A new service token with its raw token. The raw token cannot be retrieved later. */
public final class CreatedToken {

  private final ServiceToken token;
  private final RawToken rawToken;

  CreatedToken(ServiceToken token, RawToken rawToken) {
    this.token = token;
    this.rawToken = rawToken;
  }

  /** Returns the token as stored. */
  public ServiceToken token() {
    return token;
  }

  /** Returns the raw token, which is a secret and cannot be retrieved later. */
  public RawToken rawToken() {
    return rawToken;
  }

  @Override
  public String toString() {
    return "CreatedToken[" + token.id() + ", redacted]";
  }
}
