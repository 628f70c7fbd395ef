package io.accesstokens.app;

import io.accesstokens.verify.VerificationUnavailableException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the server is not about to stop, and that the store responds. During an outage of the
 * store, the check still succeeds while cached tokens are accepted.
 *
 * <p>Sends at most one ping at a time, and at most two pings per second. This limit protects the
 * connections of the store, because any client can request the health check. Thread-safe.
 */
public final class Readiness {

  /** Maximum age of a ping result that {@link #require} reuses. */
  static final Duration FRESH = Duration.ofMillis(500);

  private final Runnable ping;
  private final LongSupplier nanoTime;
  private final BooleanSupplier acceptsCached;
  private final BooleanSupplier stopping;
  private final ReentrantLock pinging = new ReentrantLock();
  private long pingedAt; // guarded by the lock
  private boolean pinged; // guarded by the lock
  private @Nullable VerificationUnavailableException failure; // guarded by the lock

  /**
   * Creates the readiness check.
   *
   * @param ping calls the store; throws {@link VerificationUnavailableException} if the store is
   *     unreachable
   * @param acceptsCached returns true if the store is unreachable or does not respond, and cached
   *     tokens are accepted nevertheless
   * @param stopping returns true if the server is about to stop
   */
  public Readiness(
      Runnable ping,
      LongSupplier nanoTime,
      BooleanSupplier acceptsCached,
      BooleanSupplier stopping) {
    this.ping = ping;
    this.nanoTime = nanoTime;
    this.acceptsCached = acceptsCached;
    this.stopping = stopping;
  }

  /**
   * Checks the readiness. Reuses the result of the last ping if that ping is recent.
   *
   * @throws VerificationUnavailableException if the server is about to stop, or if the store did
   *     not respond and no cached tokens are accepted
   */
  public void require() {
    if (stopping.getAsBoolean()) {
      throw new VerificationUnavailableException(
          "the server is about to stop", new IllegalStateException("stopping"));
    }
    if (acceptsCached.getAsBoolean()) {
      return; // A ping could block until its timeout.
    }
    pinging.lock();
    try {
      if (!pinged || nanoTime.getAsLong() - pingedAt >= FRESH.toNanos()) {
        ping();
      }
      // During a long ping, an outage can have begun in which cached tokens are accepted.
      if (failure != null && !acceptsCached.getAsBoolean()) {
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
