package io.accesstokens.token.store;

import io.accesstokens.token.AccessToken;
import java.time.Instant;
import java.util.Optional;

/**
 * A stored token before a change of its secrets.
 *
 * @param token the token
 * @param earlier the latest rotation with the same {@link IdempotencyKey#key}; empty if there is
 *     none
 * @param <T> the kind of token
 */
public record SecretsState<T extends AccessToken>(T token, Optional<EarlierRotation> earlier) {

  /**
   * A rotation that was made with an idempotency key.
   *
   * @param request the {@link IdempotencyKey#request} of the rotation
   * @param secretNumber the number of the new secret
   * @param rotatedAt the instant of the first rotation with this key
   */
  public record EarlierRotation(String request, int secretNumber, Instant rotatedAt) {}
}
