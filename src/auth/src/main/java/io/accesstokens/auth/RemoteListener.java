package io.accesstokens.auth;

import io.accesstokens.auth.remote.RemoteTokenVerifier;
import java.time.Duration;

/**
 * Receives the events of a {@link RemoteTokenVerifier}, for example for the metrics of an
 * application. If {@link #verificationStarted} is called without {@link #introspected}, the verdict
 * came from the cache, or the verification failed. Implementations must be thread-safe and must
 * return immediately. Exceptions of a listener are ignored.
 */
public interface RemoteListener {

  /** A listener that ignores all events. */
  RemoteListener NO_OP = new RemoteListener() {};

  /** Called before a token is verified. */
  default void verificationStarted() {}

  /**
   * Called after a request to introspect a token.
   *
   * @param took the duration of the request
   * @param answered true if the service sent a valid response, whether the token is active or not
   */
  default void introspected(Duration took, boolean answered) {}

  /**
   * Called after a successful read of the change feed.
   *
   * @param took the duration of the request
   * @param lease how long the cache may be used, counted from the start of the request; zero if
   *     this read grants no lease
   */
  default void polled(Duration took, Duration lease) {}

  /**
   * Called after a failed read of the change feed. If reads continue to fail, the lease ends, and
   * tokens cannot be verified.
   *
   * @param took the duration of the request
   */
  default void pollFailed(Duration took) {}

  /** Returns a listener that passes each event to this listener, and then to {@code next}. */
  default RemoteListener and(RemoteListener next) {
    RemoteListener first = this;
    return new RemoteListener() {
      @Override
      public void verificationStarted() {
        first.verificationStarted();
        next.verificationStarted();
      }

      @Override
      public void introspected(Duration took, boolean answered) {
        first.introspected(took, answered);
        next.introspected(took, answered);
      }

      @Override
      public void polled(Duration took, Duration lease) {
        first.polled(took, lease);
        next.polled(took, lease);
      }

      @Override
      public void pollFailed(Duration took) {
        first.pollFailed(took);
        next.pollFailed(took);
      }
    };
  }
}
