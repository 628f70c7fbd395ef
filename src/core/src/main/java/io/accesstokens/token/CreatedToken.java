package io.accesstokens.token;

import io.accesstokens.verify.RawToken;

/** A new token with its secret: the only time that the two are seen together. */
public final class CreatedToken {

  private final ServiceToken token;
  private final RawToken rawToken;

  CreatedToken(ServiceToken token, RawToken rawToken) {
    this.token = token;
    this.rawToken = rawToken;
  }

  /** The token as stored. */
  public ServiceToken token() {
    return token;
  }

  /** The secret, which cannot be had again. */
  public RawToken rawToken() {
    return rawToken;
  }

  @Override
  public String toString() {
    return "IssuedToken[" + token.id() + ", redacted]";
  }
}
