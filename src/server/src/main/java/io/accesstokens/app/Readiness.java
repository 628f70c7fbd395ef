package io.accesstokens.app;

import io.accesstokens.verify.VerificationUnavailableException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the store responds. Sends at most one ping at a time, and at most two pings per
 * second. The limit protects the connections of the store, because the health check needs no
 * credentials. Thread-safe.
 */
public final class Readiness {

  /** Maximum age of the result of a ping. */
  static final Duration FRESH = Duration.ofMillis(500);

  private final Runnable ping;
  private final LongSupplier nanoTime;
  private final ReentrantLock pinging = new ReentrantLock();
  private long pingedAt; // guarded by the lock
  private boolean pinged; // guarded by the lock
  private @Nullable VerificationUnavailableException failure; // guarded by the lock

  /**
   * @param ping calls the store; throws {@link VerificationUnavailableException} if the store is
   *     unreachable
   */
  public Readiness(Runnable ping, LongSupplier nanoTime) {
    this.ping = ping;
    this.nanoTime = nanoTime;
  }

  /**
   * Throws an exception if the store does not respond. Reuses the result of the last ping if that
   * ping is recent.
   *
   * @throws VerificationUnavailableException if the store did not respond
   */
  public void require() {
    pinging.lock();
    try {
      if (!pinged || nanoTime.getAsLong() - pingedAt >= FRESH.toNanos()) {
        ping();
      }
      if (failure != null) {
        throw new VerificationUnavailableException("the store does not respond", failure);
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
