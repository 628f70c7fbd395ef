package io.accesstokens.token.revocation;

import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.ChangeFeed.Entry;
import io.accesstokens.verify.ChangeFeed.EntryNonce;
import io.accesstokens.verify.ChangeFeed.Page;
import io.accesstokens.verify.ChangeFeed.Position;
import io.accesstokens.verify.DaemonThreads;
import io.accesstokens.verify.Lease;
import io.accesstokens.verify.MachineClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Serves the change feed to verifiers in other processes. Each page can grant its reader a lease.
 *
 * <p>Before each read, the broker records the latest possible end of the leases that the read can
 * grant. A change that the read does not see is final only after the end of these leases, see
 * {@link #untilFinal}.
 *
 * <p>A call uses the last read of the feed if that read is younger than a tenth of a lease. The
 * lease of the page is then shorter by the age of the read, so the lease ends at the recorded time
 * or earlier. Other calls wait, but only a limited number of them. Calls that arrive during a read
 * share the next read, which starts after these calls. So one connection is enough, and a thousand
 * verifiers cause about as many reads as ten verifiers. Thread-safe.
 */
public final class ChangeFeedBroker implements AutoCloseable {

  /** Maximum number of entries in a page. A page of this size has about 40 KB of JSON. */
  public static final int PAGE = 200;

  /**
   * Maximum number of entries by which a verifier may be behind the last read. A verifier that is
   * further behind must clear its cache and start again. Otherwise, long reads for this verifier
   * would delay the other verifiers.
   */
  private static final int MAX_ENTRIES_BEHIND = 500;

  /**
   * Maximum number of threads that wait for a read. These threads are request threads of the
   * server.
   */
  private static final int WAITING = 64;

  /** A call uses the last read if that read is younger than the lease divided by this number. */
  private static final int MAX_AGE_DIVISOR = 10;

  /**
   * If too many threads wait, a further call does not wait. The call then uses the last read if
   * that read is younger than the lease divided by this number. This age must be less than a lease:
   * a verifier whose lease has ended waits for a poll, and then uses the page even if the lease of
   * the page has ended in the meantime. So each change that the page lacks must become final after
   * the poll began.
   */
  private static final int MAX_AGE_DIVISOR_IF_BUSY = 2;

  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final long IDLE_SECONDS = 5;

  private final ChangeFeed feed;
  private final MachineClock clock;
  private final Lease.Durations durations;
  private final Duration timeout;
  private final Semaphore permits = new Semaphore(WAITING);
  private final DaemonThreads threads = new DaemonThreads("access-tokens-shared-feed");
  private final ThreadPoolExecutor executor;

  // The following five fields are guarded by the lock of this object.
  private List<PendingRead> waiting = new ArrayList<>();
  private @Nullable Position oldest; // the lowest position of the calls that used the last read
  private boolean scheduled;
  private boolean granted;
  private long until;

  /**
   * The change number of the last entry in the feed at the time of the last read. The executor
   * thread uses this change number to find verifiers that are too far behind. No other thread uses
   * this field.
   */
  private long lastNumber;

  private volatile @Nullable CompletedRead last;
  private volatile boolean closed;

  private record PendingRead(@Nullable Position after, CompletableFuture<Page> page) {}

  /**
   * A read of the feed.
   *
   * @param first the position after which the feed was read
   * @param monotonic the start, in nanoseconds of the monotonic clock
   * @param wall the start, in milliseconds of the wall clock
   * @param middle the middle of the read, in nanoseconds of the monotonic clock. This is about the
   *     time at which the database was asked for its time
   */
  private record CompletedRead(Page page, Position first, long monotonic, long wall, long middle) {}

  /**
   * Creates a broker that shares the reads of a change feed.
   *
   * @param feed the change feed, which is closed with this broker
   * @param durations the length and margin of the leases that pages grant
   */
  public ChangeFeedBroker(ChangeFeed feed, Lease.Durations durations, MachineClock clock) {
    this(feed, durations, clock, TIMEOUT);
  }

  /**
   * Creates a broker with another timeout, for tests.
   *
   * @param timeout the time for which a call waits for a read
   */
  ChangeFeedBroker(
      ChangeFeed feed, Lease.Durations durations, MachineClock clock, Duration timeout) {
    this.feed = feed;
    this.timeout = timeout;
    this.durations = durations;
    this.clock = clock;
    this.executor =
        new ThreadPoolExecutor(
            1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    executor.allowCoreThreadTimeOut(true);
  }

  /**
   * Reads the change feed for one verifier. The verifier must count the lease of the page from a
   * time before this call.
   *
   * @param after the position of the verifier in the feed; null if the verifier has no position
   * @throws StoreUnavailableException if the feed cannot be read now
   */
  public Page read(@Nullable Position after) {
    Page recent = pageOfLastRead(after, MAX_AGE_DIVISOR);
    if (recent != null) {
      return recent;
    }
    if (!permits.tryAcquire()) {
      Page older = pageOfLastRead(after, MAX_AGE_DIVISOR_IF_BUSY);
      if (older != null) {
        return older;
      }
      throw new StoreUnavailableException("too many verifiers wait for the change feed", null);
    }
    try {
      PendingRead call = new PendingRead(after, new CompletableFuture<>());
      synchronized (this) {
        waiting.add(call);
      }
      schedule();
      return call.page().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted while the change feed was read", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new StoreUnavailableException("the change feed cannot be read now", e);
    } finally {
      permits.release();
    }
  }

  /**
   * Returns a page of the last read, with a shorter lease. The time of the database in the page is
   * an estimate. Returns null if that read is too old, or if the verifier cannot continue with its
   * page: the page begins after the position of the verifier, or ends before this position.
   *
   * @param divisor the maximum age of the read is the lease divided by this number
   */
  private @Nullable Page pageOfLastRead(@Nullable Position after, int divisor) {
    CompletedRead read = last;
    if (after == null || read == null || closed) {
      return null;
    }
    long now = clock.monotonicNanos();
    long onMonotonic = now - read.monotonic();
    // The wall clock has milliseconds only, so up to one more can have passed.
    long onWall = (clock.wallMillis() - read.wall() + 1) * 1_000_000;
    long age = Math.max(onMonotonic, onWall);
    // After a clock was set, or stopped while the machine was paused, the age is not known.
    if (age > durations.length().toNanos() / divisor
        || Math.abs(onMonotonic - onWall) > durations.margin().toNanos()) {
      return null;
    }
    Page page = pageFor(after, read.first(), read.page());
    if (page.positionAfter(Optional.of(after)).isEmpty()) {
      return null;
    }
    synchronized (this) {
      if (oldest == null || after.number() < oldest.number()) {
        oldest = after;
      }
    }
    if (isDue(read)) {
      schedule(); // before the read is too old, so that no verifier must wait
    }
    Duration lease = page.lease().minusNanos(age);
    return with(
        page,
        page.nonceAtPosition(),
        page.entries(),
        page.complete(),
        lease.isNegative() ? Duration.ZERO : lease,
        page.databaseTime().plusNanos(now - read.middle()));
  }

  /** Returns true if a read has half of the maximum age, so that another read is useful. */
  private boolean isDue(CompletedRead read) {
    return clock.monotonicNanos() - read.monotonic()
        > durations.length().toNanos() / MAX_AGE_DIVISOR / 2;
  }

  /**
   * Schedules a read, unless a scheduled read has not started yet. If no read can be scheduled, all
   * waiting calls fail.
   */
  private void schedule() {
    synchronized (this) {
      if (scheduled) {
        return;
      }
      scheduled = true;
    }
    try {
      executor.execute(this::readBatch);
    } catch (RejectedExecutionException | OutOfMemoryError e) { // closed, or no thread is available
      List<PendingRead> failed;
      synchronized (this) {
        scheduled = false;
        failed = waiting;
        waiting = new ArrayList<>();
      }
      failed.forEach(call -> call.page().completeExceptionally(e));
    }
  }

  /**
   * Returns the remaining time for which a verifier may use a page that it read before a change.
   * The change must have been committed just before the call. Returns zero if no verifier has a
   * valid lease.
   */
  public synchronized Duration untilFinal() {
    return granted ? Duration.ofNanos(Math.max(0, until - clock.monotonicNanos())) : Duration.ZERO;
  }

  /** Returns the largest possible result of {@link #untilFinal}. */
  Duration longest() {
    return durations.untilFinalRemotely();
  }

  private void readBatch() {
    List<PendingRead> batch;
    CompletedRead before = last;
    Position again = null;
    long monotonic = clock.monotonicNanos();
    long wall = clock.wallMillis();
    synchronized (this) {
      scheduled = false;
      if (waiting.isEmpty() && (before == null || !isDue(before))) {
        return; // the read that was due has just ended
      }
      batch = waiting;
      waiting = new ArrayList<>();
      // A verifier that used the last read long ago may poll another process now.
      if (before != null && monotonic - before.monotonic() < durations.length().toNanos()) {
        again = oldest;
      }
      oldest = null;
      // Both fields are set before the read. If the read does not see a change, the commit of the
      // change comes later and uses these values.
      granted = true;
      until = clock.monotonicNanos() + longest().toNanos();
    }
    try {
      List<PendingRead> beginners = batch.stream().filter(call -> call.after() == null).toList();
      if (!beginners.isEmpty()) {
        Page page = feed.read(null);
        beginners.forEach(call -> call.page().complete(page));
      }
      List<PendingRead> followers = batch.stream().filter(call -> call.after() != null).toList();
      Position first = firstOf(followers, again);
      if (first != null) {
        long start = clock.monotonicNanos();
        Page page = feed.read(first);
        long middle = start + (clock.monotonicNanos() - start) / 2;
        lastNumber = page.lastNumber();
        // A verifier at the end of an incomplete page would get no more entries from it.
        last = page.complete() ? new CompletedRead(page, first, monotonic, wall, middle) : null;
        followers.forEach(call -> complete(call, first, page));
      } else if (!followers.isEmpty()) {
        // All verifiers are too far behind. The feed is still read, for the other components of the
        // page.
        Page page = feed.read(null);
        lastNumber = page.lastNumber();
        followers.forEach(call -> call.page().complete(tooFarBehind(page)));
      }
    } catch (RuntimeException | Error e) {
      last = null;
      batch.forEach(call -> call.page().completeExceptionally(e));
    }
  }

  /**
   * Returns the position of the verifier that is furthest behind, but not too far. Returns null if
   * there is none.
   *
   * @param again the position of a verifier that does not wait; null if there is none
   */
  private @Nullable Position firstOf(List<PendingRead> followers, @Nullable Position again) {
    return Stream.concat(followers.stream().map(PendingRead::after), Stream.ofNullable(again))
        .filter(Objects::nonNull)
        .filter(after -> after.number() >= lastNumber - MAX_ENTRIES_BEHIND)
        .min(Comparator.comparingLong(Position::number))
        .orElse(null);
  }

  /** Completes a call. If the page ends before the position of the call, the call waits again. */
  private void complete(PendingRead call, Position first, Page page) {
    Position after = Objects.requireNonNull(call.after());
    if (!page.complete() && after.number() > lastOf(page)) {
      synchronized (this) {
        waiting.add(call);
      }
      schedule();
      return;
    }
    call.page().complete(pageFor(after, first, page));
  }

  /** Returns the number of the last entry in a page; zero if the page has no entries. */
  private static long lastOf(Page page) {
    List<Entry> entries = page.entries();
    return entries.isEmpty() ? 0 : entries.get(entries.size() - 1).number();
  }

  private static Page pageFor(Position after, Position first, Page page) {
    if (after.number() < first.number()) {
      return tooFarBehind(page);
    }
    Optional<EntryNonce> nonce =
        after.number() == first.number()
            ? page.nonceAtPosition()
            : page.entries().stream()
                .filter(entry -> entry.number() == after.number())
                .map(Entry::nonce)
                .findFirst();
    List<Entry> later =
        page.entries().stream().filter(entry -> entry.number() > after.number()).toList();
    boolean cut = later.size() > PAGE;
    return with(
        page,
        nonce,
        cut ? later.subList(0, PAGE) : later,
        page.complete() && !cut,
        page.lease(),
        page.databaseTime());
  }

  /**
   * Returns a page without a nonce at the position of the verifier. After such a page, the verifier
   * clears its cache and starts again.
   */
  private static Page tooFarBehind(Page page) {
    return with(page, Optional.empty(), List.of(), false, page.lease(), page.databaseTime());
  }

  private static Page with(
      Page page,
      Optional<EntryNonce> nonceAtPosition,
      List<Entry> entries,
      boolean complete,
      Duration lease,
      Instant databaseTime) {
    return new Page(
        page.lastNumber(),
        nonceAtPosition,
        entries,
        complete,
        page.server(),
        databaseTime,
        lease,
        page.withheld());
  }

  /** Stops the broker and closes the change feed. Later calls of {@link #read} fail. */
  @Override
  public void close() {
    // With the default lease, a read usually ends within this timeout. A read right after an outage
    // can take longer.
    executor.shutdown();
    closed = true;
    threads.end(executor, TIMEOUT);
    feed.close();
  }
}
