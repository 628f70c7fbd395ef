package io.accesstokens.app;

import io.accesstokens.verify.VerificationUnavailableException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether the store answers, by at most one ping at a time and two a second: requests to the
 * health check need no credentials, and each ping takes a connection. Safe for use by many threads.
 */
final class Readiness {

  /** The time for which the outcome of a ping is used. */
  static final Duration FRESH = Duration.ofMillis(500);

  private final Runnable ping;
  private final LongSupplier nanoTime;
  private final ReentrantLock pinging = new ReentrantLock();
  private long pingedAt; // guarded by the lock
  private boolean pinged; // guarded by the lock
  private @Nullable VerificationUnavailableException failure; // guarded by the lock

  /**
   * @param ping reaches the store; throws {@link VerificationUnavailableException} if it is out of
   *     reach
   */
  Readiness(Runnable ping, LongSupplier nanoTime) {
    this.ping = ping;
    this.nanoTime = nanoTime;
  }

  /**
   * Returns if the store answered just now.
   *
   * @throws VerificationUnavailableException if it did not
   */
  void require() {
    pinging.lock();
    try {
      if (!pinged || nanoTime.getAsLong() - pingedAt >= FRESH.toNanos()) {
        ping();
      }
      if (failure != null) {
        throw new VerificationUnavailableException("the store does not answer", failure);
      }
    } finally {
      pinging.unlock();
    }
  }

  private void ping() {
    failure = null;
    try {
      ping.run();
    } catch (VerificationUnavailableException e) {
      failure = e;
    }
    pinged = true;
    pingedAt = nanoTime.getAsLong();
  }
}
