package io.accesstokens.auth;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many unknown raw tokens a client may try. It is called after the look-up, and only for
 * well-formed tokens that turned out to be unknown. So a known token never gets 429, even if it is
 * revoked or expired.
 *
 * <p>Implementations must return at once and be safe for use by many threads.
 */
@FunctionalInterface
public interface UnknownTokenLimit {

  /** Limits nothing. */
  UnknownTokenLimit NONE = clientAddress -> Optional.empty();

  /**
   * Counts one more unknown token.
   *
   * @param clientAddress the address that sent it, or null if that is not known
   * @return empty if the response is 401; otherwise how long the client has to wait, for 429
   */
  Optional<Duration> exceededBy(@Nullable String clientAddress);
}
