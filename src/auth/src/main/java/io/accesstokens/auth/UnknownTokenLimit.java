package io.accesstokens.auth;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many unknown raw tokens a client may try. The filter calls the limit only for a
 * well-formed token that the verifier reports as unknown. Therefore, a valid token never gets 429
 * from this limit. A {@code RemoteTokenVerifier} reports a revoked token as unknown, and also an
 * expired token that is not in its cache. A verifier that reads the store reports a revoked or
 * expired token as known.
 *
 * <p>Implementations must be thread-safe and must return immediately.
 */
@FunctionalInterface
public interface UnknownTokenLimit {

  /** A limit that is never exceeded. */
  UnknownTokenLimit NONE = clientAddress -> Optional.empty();

  /**
   * Counts one more unknown token of a client.
   *
   * @param clientAddress the client's network address; null if it is not known
   * @return how long the client must wait, if the limit is exceeded; the response is then 429.
   *     Empty if the limit is not exceeded; the response is then 401.
   */
  Optional<Duration> exceededBy(@Nullable String clientAddress);
}
