package io.accesstokens.auth;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many raw tokens that nobody has a client may try. It is asked after the look-up, about
 * well-formed tokens that turned out to be unknown and nothing else: a token that is known, be it
 * revoked or expired, is never answered 429.
 *
 * <p>Must return at once, and be safe for use by many threads.
 */
@FunctionalInterface
public interface UnknownTokenLimit {

  /** No limit. */
  UnknownTokenLimit NONE = clientAddress -> Optional.empty();

  /**
   * Takes note of one more unknown token.
   *
   * @param clientAddress where it came from, or null if that is not known
   * @return empty to answer 401 as ever; else how long the client has to wait, for 429
   */
  Optional<Duration> exceededBy(@Nullable String clientAddress);
}
