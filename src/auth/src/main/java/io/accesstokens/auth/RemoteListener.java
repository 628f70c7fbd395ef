package io.accesstokens.auth;

import io.accesstokens.auth.remote.RemoteTokenVerifier;
import java.time.Duration;

/**
 * Receives the events of a {@link RemoteTokenVerifier}, for an application's metrics. A token that
 * was verified but not introspected was served from the cache, or failed. Methods are called by
 * many threads and must return at once. Exceptions are ignored.
 */
public interface RemoteListener {

  /** Ignores all events. */
  RemoteListener NOBODY = new RemoteListener() {};

  /** Called before a token is verified. */
  default void checked() {}

  /**
   * Called after a request to introspect a token.
   *
   * @param took the duration of the request
   * @param answered true if the response was valid, for an active token or not
   */
  default void introspected(Duration took, boolean answered) {}

  /**
   * Called after a successful read of the changes.
   *
   * @param took the duration of the request
   * @param lease how long verdicts may be cached; zero if not at all
   */
  default void polled(Duration took, Duration lease) {}

  /**
   * Called after a failed read of the changes. After several failures without a success, the lease
   * ends and verdicts are unavailable.
   */
  default void pollFailed(Duration took) {}
}
