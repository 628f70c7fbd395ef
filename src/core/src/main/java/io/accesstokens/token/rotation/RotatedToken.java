package io.accesstokens.token.rotation;

import io.accesstokens.token.AccessToken;
import io.accesstokens.verify.RawToken;

/**
 * A token with a new secret, and the raw token with this secret. The raw token cannot be retrieved
 * later.
 *
 * @param <T> the kind of token
 */
public final class RotatedToken<T extends AccessToken> {

  private final T token;
  private final RawToken rawToken;

  RotatedToken(T token, RawToken rawToken) {
    this.token = token;
    this.rawToken = rawToken;
  }

  /** Returns the token as stored. */
  public T token() {
    return token;
  }

  /** Returns the raw token, which is a secret and cannot be retrieved later. */
  public RawToken rawToken() {
    return rawToken;
  }

  @Override
  public String toString() {
    return "RotatedToken[" + token.id() + ", redacted]";
  }
}
