package io.accesstokens.verify;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Until when this process may rely on what it last read of changes.
 *
 * <p>It is a time, never a flag: nothing has to run for it to end. It counts from before the look
 * at the feed was asked for, and is over when either clock says so, or when the clocks disagree by
 * more than the margin. Safe for use by many threads; the check takes no lock.
 */
public final class Lease {

  /**
   * What all processes on one store must agree on.
   *
   * @param length how long a look at the feed may be relied on, at least a millisecond
   * @param margin by how much clocks may differ over that time
   * @param outage for how much longer when the store is out of reach; zero for not at all
   */
  public record Terms(Duration length, Duration margin, Duration outage) {

    private static final Duration LEAST_MARGIN = Duration.ofMillis(25);
    private static final int MARGINS_A_LEASE = 20;

    /** With the usual margin: a twentieth of the lease, and at least 25 ms. */
    public static Terms of(Duration length, Duration outage) {
      Duration share = length.dividedBy(MARGINS_A_LEASE);
      return new Terms(length, share.compareTo(LEAST_MARGIN) < 0 ? LEAST_MARGIN : share, outage);
    }

    /** How long after its commit a change is final everywhere. */
    public Duration untilFinal() {
      return length.plus(margin).plus(outage);
    }
  }

  /** A look at the feed that has begun. */
  final class Poll {
    private final long monotonic = clock.monotonicNanos();
    private final long wall = clock.wallMillis();
    private final CompletableFuture<Boolean> waiting;

    private Poll(CompletableFuture<Boolean> waiting) {
      this.waiting = waiting;
    }

    /** All evictions of that look were applied. */
    void granted(Duration length, Instant databaseTime) {
      long between = (wall + clock.wallMillis()) / 2;
      grant = new Grant(monotonic, wall, length.toNanos(), databaseTime.toEpochMilli() - between);
      outage = false;
      waiting.complete(true);
    }

    /** It was not enough, and another one follows at once: those who wait go on waiting. */
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

    /** It proves nothing; those who wait for it are told so. */
    void denied(boolean storeIsOut) {
      outage = storeIsOut;
      waiting.complete(false);
    }
  }

  /** By both clocks, when it begins and for how long; and how far the store's clock is ahead. */
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

  /** A lease that has to be granted first. */
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

  /** The lease of the only process that can change anything: it never ends. */
  public static Lease unlimited(MachineClock clock) {
    return new Lease(Terms.of(Duration.ofMillis(1), Duration.ZERO), clock, true);
  }

  /** What it was made with. */
  public Terms terms() {
    return terms;
  }

  /** Whether it covers an instant of both clocks. */
  boolean covers(long monotonic, long wall) {
    return covers(monotonic, wall, 0);
  }

  /** Whether the store is out of reach, and what is cached may be used all the same. */
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

  /** The store's time at an instant of the wall clock. */
  long databaseMillis(long wall) {
    Grant last = grant;
    return last == null ? wall : wall + last.offsetMillis();
  }

  /** For how long it has been over; zero while it is not. Since its making if never granted. */
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
   * Waits for a look at the feed that begins after this call; all who wait share one.
   *
   * @return whether it was granted
   */
  boolean awaitNext(Duration patience) {
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
      return Boolean.TRUE.equals(clock.await(poll, patience));
    } catch (ExecutionException e) {
      return false;
    }
  }

  /** Notes both clocks, before anything is asked for. */
  Poll begin() {
    CompletableFuture<Boolean> waiting;
    synchronized (monitor) {
      waiting = next;
      next = new CompletableFuture<>();
      wanted = false;
    }
    return new Poll(waiting);
  }

  /** Returns when somebody waits for the next look, or that time has passed. */
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

  /** Nobody will renew it; those who wait are told so. */
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
