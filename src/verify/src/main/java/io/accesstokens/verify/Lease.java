package io.accesstokens.verify;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The time until which this process may rely on its last read of the change feed.
 *
 * <p>A lease is a time span, never a flag, so no thread must run to end it. It starts before the
 * request to the feed. It ends when either clock has passed its end, or when the clocks disagree by
 * more than the margin. This class is safe for use by many threads. Checking the lease takes no
 * lock.
 */
public final class Lease {

  /**
   * The terms that all processes with one store must share.
   *
   * @param length how long a read of the feed is valid, at least a millisecond
   * @param margin how much the clocks may differ over that time
   * @param outage how much longer the lease lasts while the store cannot be reached; zero to
   *     disable this
   */
  public record Terms(Duration length, Duration margin, Duration outage) {

    private static final Duration LEAST_MARGIN = Duration.ofMillis(25);
    private static final int MARGINS_A_LEASE = 20;

    /** Returns terms with the default margin: a twentieth of the lease, and at least 25 ms. */
    public static Terms of(Duration length, Duration outage) {
      Duration share = length.dividedBy(MARGINS_A_LEASE);
      return new Terms(length, share.compareTo(LEAST_MARGIN) < 0 ? LEAST_MARGIN : share, outage);
    }

    /** Returns the time from the commit of a change until it is effective in all processes. */
    public Duration untilFinal() {
      return length.plus(margin).plus(outage);
    }
  }

  /** A read of the feed that has begun. */
  final class Poll {
    private final long monotonic = clock.monotonicNanos();
    private final long wall = clock.wallMillis();
    private final CompletableFuture<Boolean> waiting;

    private Poll(CompletableFuture<Boolean> waiting) {
      this.waiting = waiting;
    }

    /** Grants the lease, after all evictions of this read were applied. */
    void granted(Duration length, Instant databaseTime) {
      long between = (wall + clock.wallMillis()) / 2;
      grant = new Grant(monotonic, wall, length.toNanos(), databaseTime.toEpochMilli() - between);
      outage = false;
      waiting.complete(true);
    }

    /**
     * Grants nothing, because another read follows at once. The waiting threads wait for that one.
     */
    void again() {
      synchronized (monitor) {
        wanted = true;
        if (closed) {
          waiting.complete(false);
        } else {
          var unused = next.thenAccept(waiting::complete);
        }
      }
    }

    /**
     * Grants no lease. Waiting threads fail with {@link VerificationUnavailableException}, unless
     * the lease covers them in an outage.
     */
    void denied(boolean storeIsOut) {
      outage = storeIsOut;
      waiting.complete(false);
    }
  }

  /** A granted lease: its start by both clocks, its length, and the offset of the store's clock. */
  private record Grant(long monotonic, long wall, long nanos, long offsetMillis) {}

  private final Terms terms;
  private final MachineClock clock;
  private final boolean unlimited;
  private final long marginNanos;
  private final long outageNanos;
  private final long made;
  private volatile @Nullable Grant grant;
  private volatile boolean outage;

  private final Object monitor = new Object();
  private CompletableFuture<Boolean> next = new CompletableFuture<>();
  private boolean wanted;
  private boolean closed;

  /** Creates a lease that covers no time until it is granted. */
  public Lease(Terms terms, MachineClock clock) {
    this(terms, clock, false);
  }

  private Lease(Terms terms, MachineClock clock, boolean unlimited) {
    this.terms = terms;
    this.clock = clock;
    this.unlimited = unlimited;
    this.marginNanos = terms.margin().toNanos();
    this.outageNanos = terms.outage().toNanos();
    this.made = clock.monotonicNanos();
  }

  /** Returns a lease that never ends, for the only process that can change anything. */
  public static Lease unlimited(MachineClock clock) {
    return new Lease(Terms.of(Duration.ofMillis(1), Duration.ZERO), clock, true);
  }

  /** Returns the terms of this lease. */
  public Terms terms() {
    return terms;
  }

  /** Returns true if the lease covers an instant, given by both clocks. */
  boolean covers(long monotonic, long wall) {
    return covers(monotonic, wall, 0);
  }

  /** Returns true if the store cannot be reached and the cache may still be used. */
  boolean coversInOutage(long monotonic, long wall) {
    return outage && outageNanos > 0 && covers(monotonic, wall, outageNanos);
  }

  private boolean covers(long monotonic, long wall, long longer) {
    Grant last = grant;
    if (unlimited) {
      return true;
    }
    if (last == null) {
      return false;
    }
    long passed = monotonic - last.monotonic();
    long passedOnWall = (wall - last.wall()) * 1_000_000;
    long length = last.nanos() + longer;
    return passed < length
        && passedOnWall < length
        && Math.abs(passed - passedOnWall) <= marginNanos;
  }

  /** Returns the store's time at an instant of the wall clock. */
  long databaseMillis(long wall) {
    Grant last = grant;
    return last == null ? wall : wall + last.offsetMillis();
  }

  /**
   * Returns the time since the lease ended, or since this object was created if it was never
   * granted. Returns zero while the lease is valid.
   */
  public Duration overFor() {
    Grant last = grant;
    long now = clock.monotonicNanos();
    if (unlimited || covers(now, clock.wallMillis())) {
      return Duration.ZERO;
    }
    long end = last == null ? made : last.monotonic() + last.nanos();
    return Duration.ofNanos(Math.max(0, now - end));
  }

  /**
   * Waits for a read of the feed that begins after this call. All waiting threads share one read.
   *
   * @return true if that read granted the lease
   */
  boolean awaitNext(Duration timeout) {
    CompletableFuture<Boolean> poll;
    synchronized (monitor) {
      if (closed) {
        return false;
      }
      poll = next;
      wanted = true;
      monitor.notifyAll();
    }
    try {
      return Boolean.TRUE.equals(clock.await(poll, timeout));
    } catch (ExecutionException e) {
      return false;
    }
  }

  /** Begins a read. Both clocks are noted before any request is sent. */
  Poll begin() {
    CompletableFuture<Boolean> waiting;
    synchronized (monitor) {
      waiting = next;
      next = new CompletableFuture<>();
      wanted = false;
    }
    return new Poll(waiting);
  }

  /**
   * Waits until a thread needs the next read, or until this lease is closed.
   *
   * @param atMost the timeout, after which this method returns normally
   */
  void pause(Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    synchronized (monitor) {
      while (!wanted && !closed) {
        long left = (end - System.nanoTime() + 999_999) / 1_000_000;
        if (left <= 0) {
          return;
        }
        monitor.wait(left);
      }
    }
  }

  /** Closes this lease, so that it is not renewed any more. Ends all waits without a grant. */
  void close() {
    CompletableFuture<Boolean> waiting;
    synchronized (monitor) {
      closed = true;
      waiting = next;
      monitor.notifyAll();
    }
    waiting.complete(false);
  }
}
