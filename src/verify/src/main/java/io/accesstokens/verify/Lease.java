package io.accesstokens.verify;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The time span in which this process may rely on its last read of the change feed.
 *
 * <p>A lease starts before the request to the feed. A lease ends when the monotonic clock or the
 * wall clock has passed the end of the time span. No thread has to run for this. A lease is also
 * not valid while the times that have passed on the two clocks differ by more than the margin.
 * While the store cannot be reached or does not respond, the lease lasts longer by {@link
 * Durations#outage}. This class is thread-safe. Checking the lease takes no lock.
 */
public final class Lease {

  /**
   * The durations that define a lease. All processes that use one store must use the same
   * durations.
   *
   * @param length how long a read of the feed is valid, at least a millisecond
   * @param margin the maximum difference between the monotonic clock and the wall clock during a
   *     lease, not negative
   * @param outage the extra time for which the lease lasts while the store cannot be reached or
   *     does not respond, not negative; zero for no extra time
   */
  public record Durations(Duration length, Duration margin, Duration outage) {

    private static final Duration MIN_MARGIN = Duration.ofMillis(25);
    private static final int MARGINS_A_LEASE = 20;

    /**
     * Creates durations.
     *
     * @throws IllegalArgumentException if a duration is out of its range
     */
    public Durations {
      if (length.toMillis() < 1) {
        throw new IllegalArgumentException("length must be at least 1 millisecond");
      }
      if (margin.isNegative()) {
        throw new IllegalArgumentException("margin must not be negative");
      }
      if (outage.isNegative()) {
        throw new IllegalArgumentException("outage must not be negative");
      }
    }

    /**
     * Returns durations with the default margin: 5 % of the lease, rounded up to milliseconds, and
     * at least 25 ms. The margin has whole milliseconds, because stores hold the durations in
     * milliseconds and compare them.
     */
    public static Durations of(Duration length, Duration outage) {
      Duration share =
          Duration.ofMillis((length.toMillis() + MARGINS_A_LEASE - 1) / MARGINS_A_LEASE);
      return new Durations(length, share.compareTo(MIN_MARGIN) < 0 ? MIN_MARGIN : share, outage);
    }

    /**
     * Returns the maximum time from the commit of a change until all processes apply the change.
     */
    public Duration untilFinal() {
      return untilFinalRemotely().plus(outage);
    }

    /**
     * Returns the maximum time from the commit of a change until all verifiers in other
     * applications apply the change. This time does not include {@link #outage}, because an outage
     * does not extend the leases of these verifiers.
     */
    public Duration untilFinalRemotely() {
      return length.plus(margin);
    }
  }

  /** The result of the last read of the change feed that has ended. */
  private enum ReadResult {
    /** The read granted the lease. */
    GRANTED,
    /** The store could not be reached. */
    UNREACHABLE,
    /** The read granted no lease for another reason. */
    REFUSED
  }

  /** A read of the change feed that has begun and has no result yet. */
  final class Poll {
    private final long monotonic = clock.monotonicNanos();
    private final long wall = clock.wallMillis();
    private final CompletableFuture<Boolean> waiting;

    private Poll(CompletableFuture<Boolean> waiting) {
      this.waiting = waiting;
    }

    /**
     * Grants the lease. The caller must first apply all evictions of this read.
     *
     * @param length the length of the lease, counted from the start of this read
     * @param databaseTime the time of the store's clock at this read
     */
    void grant(Duration length, Instant databaseTime) {
      long between = (wall + clock.wallMillis()) / 2;
      grant = new Grant(monotonic, wall, length.toNanos(), databaseTime.toEpochMilli() - between);
      finish(ReadResult.GRANTED);
      waiting.complete(true);
    }

    /**
     * Grants no lease, because another read follows immediately. Threads that wait for this read
     * then wait for the next read.
     */
    void deferToNext() {
      unanswered = null;
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
     * {@link Durations#outage} extends the lease.
     *
     * @param storeIsOut true if the store cannot be reached. If false, {@link Durations#outage}
     *     does not extend the lease until a later read has another result.
     */
    void deny(boolean storeIsOut) {
      finish(storeIsOut ? ReadResult.UNREACHABLE : ReadResult.REFUSED);
      waiting.complete(false);
    }

    private void finish(ReadResult result) {
      lastResult = result;
      unanswered = null;
    }

    private boolean isOverdue(long now) {
      return now - monotonic >= responseTime.toNanos();
    }
  }

  /**
   * A granted lease.
   *
   * @param monotonic the start, in nanoseconds of the monotonic clock
   * @param wall the start, in milliseconds of the wall clock
   * @param nanos the length, in nanoseconds; zero for a lease that {@link #end} has ended
   * @param offsetMillis the store's clock minus the wall clock, in milliseconds
   */
  private record Grant(long monotonic, long wall, long nanos, long offsetMillis) {}

  /**
   * A store that has not responded to a read within this time counts as unreachable. For a shorter
   * lease, the time is the length of the lease, because a later response grants no valid lease.
   */
  private static final Duration MAX_RESPONSE_TIME = Duration.ofMillis(500);

  private final Durations durations;
  private final MachineClock clock;
  private final boolean unlimited;
  private final long marginNanos;
  private final long outageNanos;
  private final Duration responseTime;
  private final long made;
  private volatile @Nullable Grant grant;
  private volatile ReadResult lastResult = ReadResult.REFUSED;

  /** The read that the store has not responded to yet; null if there is none. */
  private volatile @Nullable Poll unanswered;

  private final Object monitor = new Object();
  private CompletableFuture<Boolean> next = new CompletableFuture<>();
  private boolean wanted;
  private boolean closed;

  /** Creates a lease that is not granted yet. Until it is granted, the lease covers no instant. */
  public Lease(Durations durations, MachineClock clock) {
    this(durations, clock, false);
  }

  private Lease(Durations durations, MachineClock clock, boolean unlimited) {
    this.durations = durations;
    this.clock = clock;
    this.unlimited = unlimited;
    this.marginNanos = durations.margin().toNanos();
    this.outageNanos = durations.outage().toNanos();
    this.responseTime =
        durations.length().compareTo(MAX_RESPONSE_TIME) < 0
            ? durations.length()
            : MAX_RESPONSE_TIME;
    this.made = clock.monotonicNanos();
  }

  /** Returns a lease that never ends, for a store that only this process can change. */
  public static Lease unlimited(MachineClock clock) {
    return new Lease(Durations.of(Duration.ofMillis(1), Duration.ZERO), clock, true);
  }

  /** Returns the durations that define this lease. */
  public Durations durations() {
    return durations;
  }

  /**
   * Returns true if the lease covers an instant.
   *
   * @param monotonic the instant, in nanoseconds of the monotonic clock
   * @param wall the instant, in milliseconds of the wall clock
   */
  boolean covers(long monotonic, long wall) {
    return covers(grant, monotonic, wall, 0);
  }

  /**
   * Returns true if the store cannot be reached or does not respond, and the lease with the extra
   * time of {@link Durations#outage} covers an instant.
   *
   * @param monotonic the instant, in nanoseconds of the monotonic clock
   * @param wall the instant, in milliseconds of the wall clock
   */
  boolean coversInOutage(long monotonic, long wall) {
    return outageNanos > 0 && isOut(monotonic) && covers(grant, monotonic, wall, outageNanos);
  }

  private boolean isOut(long monotonic) {
    Poll read = unanswered;
    return switch (lastResult) {
      case GRANTED -> read != null && read.isOverdue(monotonic);
      case UNREACHABLE -> true;
      case REFUSED -> false;
    };
  }

  /**
   * Returns true if the store cannot be reached or does not respond, and the lease with the extra
   * time of {@link Durations#outage} is valid now.
   */
  public boolean isValidInOutage() {
    return coversInOutage(clock.monotonicNanos(), clock.wallMillis());
  }

  private boolean covers(@Nullable Grant last, long monotonic, long wall, long longer) {
    if (unlimited) {
      return true;
    }
    if (last == null || last.nanos() == 0) {
      return false;
    }
    long passed = monotonic - last.monotonic();
    long passedOnWall = (wall - last.wall()) * 1_000_000;
    long length = last.nanos() + longer;
    return passed < length
        && passedOnWall < length
        && Math.abs(passed - passedOnWall) <= marginNanos;
  }

  /**
   * Converts a time of the wall clock to the store's clock. Returns the time unchanged if the lease
   * was never granted.
   *
   * @param wall the time, in milliseconds since 1970-01-01T00:00Z
   */
  long databaseMillis(long wall) {
    Grant last = grant;
    return last == null ? wall : wall + last.offsetMillis();
  }

  /**
   * Returns the time since the end of the lease, or zero before this end. If the lease was ended
   * early, returns the time since its start. If the lease was never granted, returns the time since
   * the creation of this object.
   */
  public Duration timeSinceEnd() {
    Grant last = grant;
    long now = clock.monotonicNanos();
    if (unlimited || covers(now, clock.wallMillis())) {
      return Duration.ZERO;
    }
    long end = last == null ? made : last.monotonic() + last.nanos();
    return Duration.ofNanos(Math.max(0, now - end));
  }

  /**
   * Returns the time until the end of the lease. Returns zero if the lease is not valid now.
   * Returns empty for a lease that never ends.
   */
  public Optional<Duration> remaining() {
    if (unlimited) {
      return Optional.empty();
    }
    Grant last = grant;
    long now = clock.monotonicNanos();
    if (last == null || !covers(last, now, clock.wallMillis(), 0)) {
      return Optional.of(Duration.ZERO);
    }
    return Optional.of(Duration.ofNanos(last.monotonic() + last.nanos() - now));
  }

  /**
   * Waits for a read of the feed that begins after this call. All waiting threads share one read. A
   * remote service can respond with the result of an earlier read whose age is less than the length
   * of a lease.
   *
   * @param timeout the maximum wait
   * @return true if this read granted the lease; false in all other cases, for example after the
   *     timeout or if this lease is closed
   */
  boolean awaitNext(Duration timeout) {
    return isGranted(requestRead(), timeout);
  }

  /**
   * Waits for a read of the feed as {@link #awaitNext} does, but ends the wait early in an outage.
   *
   * @param timeout the maximum wait. With extra time for outages, the wait can be half a second
   *     longer.
   * @return true if the read granted the lease; false in all other cases, for example if {@link
   *     #isValidInOutage} returns true
   */
  boolean awaitNextOrOutage(Duration timeout) {
    if (isValidInOutage()) {
      return false; // without the request for another read
    }
    if (outageNanos == 0) {
      return awaitNext(timeout);
    }
    CompletableFuture<Boolean> read = requestRead();
    Duration left = timeout;
    while (left.compareTo(Duration.ZERO) > 0 && !read.isDone() && !isValidInOutage()) {
      if (isGranted(read, responseTime)) {
        return true;
      }
      left = left.minus(responseTime);
    }
    return isGranted(read, Duration.ZERO);
  }

  /**
   * Waits for a read of the feed as {@link #awaitNext} does, but returns immediately if the last
   * read could not reach the store, and the extra time of {@link Durations#outage} is not over. A
   * store that does not respond in time does not end the wait.
   *
   * @param timeout the maximum wait
   * @return true if the read granted the lease; false in all other cases
   */
  boolean awaitNextIfReachable(Duration timeout) {
    boolean unreachable = isValidInOutage() && lastResult == ReadResult.UNREACHABLE;
    return !unreachable && awaitNext(timeout);
  }

  /** Requests a read, and returns its future result. */
  private CompletableFuture<Boolean> requestRead() {
    synchronized (monitor) {
      if (closed) {
        return CompletableFuture.completedFuture(false);
      }
      wanted = true;
      monitor.notifyAll();
      return next;
    }
  }

  private boolean isGranted(CompletableFuture<Boolean> read, Duration timeout) {
    try {
      return Boolean.TRUE.equals(clock.await(read, timeout));
    } catch (ExecutionException e) {
      return false;
    }
  }

  /**
   * Begins a read of the feed, and records the times of the monotonic clock and the wall clock. The
   * caller must call this method before it sends the request.
   */
  Poll begin() {
    CompletableFuture<Boolean> waiting;
    synchronized (monitor) {
      waiting = next;
      next = new CompletableFuture<>();
      wanted = false;
    }
    Poll read = new Poll(waiting);
    unanswered = read;
    return read;
  }

  /**
   * Waits until a thread needs the next read, or until this lease is closed.
   *
   * @param atMost the timeout, after which this method returns normally
   */
  void awaitReadRequest(Duration atMost) throws InterruptedException {
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

  /** Ends the lease now. A later read of the feed can grant it again. */
  void end() {
    Grant last = grant;
    if (last != null) {
      grant = new Grant(last.monotonic(), last.wall(), 0, last.offsetMillis());
    }
  }

  /**
   * Closes this lease. Calls of {@link #awaitNext} whose read has not begun, and all later calls,
   * return false.
   */
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
