package io.accesstokens.spring;

import io.accesstokens.auth.RemoteListener;
import java.time.Duration;

/** The state of the change feed, according to the last reads. Thread-safe. */
final class FeedState implements RemoteListener {

  private volatile boolean readable;
  private volatile boolean withheld;

  /** The end of the lease, in nanoseconds of the monotonic clock. */
  private volatile long leaseEnd = System.nanoTime();

  @Override
  public void polled(Duration took, Duration lease) {
    // The lease counts from the start of the request.
    leaseEnd = System.nanoTime() - took.toNanos() + lease.toNanos();
    withheld = lease.isZero();
    readable = true;
  }

  @Override
  public void pollFailed(Duration took) {
    readable = false;
  }

  /** Returns true if tokens can be verified now. */
  boolean isUp() {
    return hasLease() || (readable && withheld);
  }

  /** Returns true if the cache may be used now. */
  boolean hasLease() {
    return leaseEnd - System.nanoTime() > 0;
  }
}
