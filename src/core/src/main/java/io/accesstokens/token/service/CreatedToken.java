package io.accesstokens.token.service;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.verify.RawToken;

/** A new service token with its secret. The secret is not available later. */
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

  /** Returns the secret, which cannot be retrieved again. */
  public RawToken rawToken() {
    return rawToken;
  }

  @Override
  public String toString() {
    return "CreatedToken[" + token.id() + ", redacted]";
  }
}
