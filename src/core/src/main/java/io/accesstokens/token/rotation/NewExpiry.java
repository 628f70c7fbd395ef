package io.accesstokens.token.rotation;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.policy.CreationPolicy.RequestErrors;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Computes the expiry of a token after a rotation.
 *
 * @param <T> the kind of token
 */
@FunctionalInterface
public interface NewExpiry<T extends AccessToken> {

  /**
   * Returns the new expiry.
   *
   * @param now the instant of the rotation
   * @param errors receives an error if the requested expiry is invalid
   * @return the expiry; null after an error
   */
  @Nullable Instant of(T token, Instant now, RequestErrors errors);
}
