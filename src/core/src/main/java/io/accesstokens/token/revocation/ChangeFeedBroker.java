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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Serves the change feed to verifiers in other processes. Each page can grant its reader a {@link
 * Lease}. Thread-safe.
 *
 * <p>Before each read of the feed, the broker records the latest possible end of the leases that
 * this read can grant. A change that the read does not contain is final only after this end, see
 * {@link #untilFinal}.
 *
 * <p>A call gets a page in one of these ways:
 *
 * <ul>
 *   <li>If the age of the last read is at most a tenth of the length of a lease, the call uses this
 *       read.
 *   <li>Otherwise, the call waits for a new read. It also waits if its verifier knows an entry that
 *       the last read does not contain, or after a clock was set.
 *   <li>If too many calls wait, a further call uses the last read, if its age is at most half of
 *       the length of a lease. Otherwise, the call fails.
 * </ul>
 *
 * <p>The lease of a page is shorter by the age of the read. Therefore no lease ends after the
 * recorded end.
 *
 * <p>Calls that arrive during a read share the next read. Therefore one connection is enough, and a
 * thousand verifiers cause about as many reads as ten verifiers.
 *
 * <p>Each read begins where the previous read ended, and the broker keeps the latest entries.
 * Therefore a verifier that is behind does not delay the other verifiers.
 */
public final class ChangeFeedBroker implements AutoCloseable {

  /** Maximum number of entries in a page. A page of this size has about 40 KB of JSON. */
  public static final int PAGE = 200;

  /**
   * Maximum number of entries that the broker keeps, about 2.5 MB. A verifier that needs an older
   * entry must clear its cache and start again. The largest transaction has 1,000 entries.
   */
  static final int MAX_ENTRIES = 50 * PAGE;

  /**
   * Number of latest entries that the broker reads if it cannot continue where the last read ended.
   */
  private static final int FIRST_ENTRIES = 500;

  /**
   * Maximum number of threads that wait for a read. These threads are request threads of the
   * server.
   */
  private static final int WAITING = 64;

  /**
   * A call uses the last read if the age of the read is at most the lease divided by this number.
   */
  private static final int MAX_AGE_DIVISOR = 10;

  /**
   * Replaces {@link #MAX_AGE_DIVISOR} if too many threads wait for a read. A further call then uses
   * the last read if the age of the read is at most the lease divided by this number.
   *
   * <p>This age must be less than a lease. A verifier whose lease has ended polls the feed, and
   * then uses the returned page even if the lease of the page has already ended. If the page were
   * older than a lease, a change that is missing in the page could be final before the poll. The
   * verifier would then use the old verdict after the change is final.
   */
  private static final int MAX_AGE_DIVISOR_IF_BUSY = 2;

  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final long IDLE_SECONDS = 5;

  private final ChangeFeed feed;
  private final MachineClock clock;
  private final Lease.Durations durations;
  private final long leaseNanos;
  private final long marginNanos;
  private final Duration timeout;
  private final Semaphore permits = new Semaphore(WAITING);
  private final DaemonThreads threads = new DaemonThreads("access-tokens-shared-feed");
  private final ThreadPoolExecutor executor;

  // The following four fields are guarded by the lock of this object.
  private List<PendingRead> waiting = new ArrayList<>();
  private boolean scheduled;
  private boolean granted;
  private long until;

  // Only the executor thread uses these two fields.
  /** The latest entries, from the last successful read of the feed; null before that read. */
  private @Nullable Page kept;

  /**
   * The estimated time at which the database read its clock in the last call of the feed, in
   * nanoseconds of the monotonic clock: halfway between the start and the end of the call.
   */
  private long middle;

  private volatile @Nullable CompletedRead last;
  private volatile boolean closed;

  private record PendingRead(@Nullable Position after, CompletableFuture<Page> page) {}

  /**
   * A read of the feed.
   *
   * @param page the latest entries of the feed, without a gap
   * @param monotonic the start, in nanoseconds of the monotonic clock
   * @param wall the start, in milliseconds of the wall clock
   * @param middle the estimated time at which the database read its clock in the last call of the
   *     feed, in nanoseconds of the monotonic clock
   */
  private record CompletedRead(Page page, long monotonic, long wall, long middle) {}

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
    this.leaseNanos = durations.length().toNanos();
    this.marginNanos = durations.margin().toNanos();
    this.clock = clock;
    this.executor =
        new ThreadPoolExecutor(
            1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    executor.allowCoreThreadTimeOut(true);
  }

  /**
   * Reads the change feed for one verifier. The verifier must measure the lease of the page from a
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
   * an estimate. Returns null if there is no last read, if its age is not known or too large, or if
   * the verifier knows a later entry.
   *
   * @param divisor the maximum age of the read is the lease divided by this number
   */
  private @Nullable Page pageOfLastRead(@Nullable Position after, int divisor) {
    CompletedRead read = last;
    if (read == null || closed || (after != null && after.number() > read.page().lastNumber())) {
      return null;
    }
    long now = clock.monotonicNanos();
    long onMonotonic = now - read.monotonic();
    // The wall clock has whole milliseconds, so up to one more millisecond can have passed.
    long onWall = (clock.wallMillis() - read.wall() + 1) * 1_000_000;
    long age = Math.max(onMonotonic, onWall);
    // The age is not known after a clock was set, or after a pause of the machine stopped a clock.
    if (age > leaseNanos / divisor || Math.abs(onMonotonic - onWall) > marginNanos) {
      return null;
    }
    if (isDue(read, now)) {
      schedule(); // before the read is too old, so that no verifier must wait
    }
    Page page = read.page();
    Duration lease = page.lease().minusNanos(age);
    return pageFor(
        after,
        page,
        lease.isNegative() ? Duration.ZERO : lease,
        page.databaseTime().plusNanos(now - read.middle()));
  }

  /**
   * Returns true if the age of a read exceeds half of the maximum age. The next read then starts
   * early, so that no verifier must wait for it.
   */
  private boolean isDue(CompletedRead read, long now) {
    return now - read.monotonic() > leaseNanos / MAX_AGE_DIVISOR / 2;
  }

  /**
   * Schedules a read. Does nothing if a scheduled read has not started yet. If no read can be
   * scheduled, all waiting calls fail.
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
   * Returns the time until a change is final for all verifiers that read through this broker. After
   * this time, none of them uses a page from before the change. The caller must have committed the
   * change just before this call. Returns zero if none of these verifiers has a valid lease.
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
    long monotonic;
    long wall;
    synchronized (this) {
      monotonic = clock.monotonicNanos();
      wall = clock.wallMillis();
      scheduled = false;
      if (waiting.isEmpty() && (before == null || !isDue(before, monotonic))) {
        return; // the read that was due has just ended
      }
      batch = waiting;
      waiting = new ArrayList<>();
      // Both fields are set before the read. If the read does not see a change, the commit of the
      // change comes later and uses these values.
      granted = true;
      until = monotonic + longest().toNanos();
    }
    try {
      Page page = kept == null ? readLatest() : readOn(kept);
      kept = page;
      last = new CompletedRead(page, monotonic, wall, middle);
      batch.forEach(
          call ->
              call.page().complete(pageFor(call.after(), page, page.lease(), page.databaseTime())));
    } catch (RuntimeException | Error e) {
      last = null;
      batch.forEach(call -> call.page().completeExceptionally(e));
    }
  }

  /**
   * Reads the latest entries of the feed. If the entries have a gap or an unknown kind, the result
   * is only the last entry.
   */
  private Page readLatest() {
    Page end = call(null);
    long number = Math.max(0, end.lastNumber() - FIRST_ENTRIES);
    Page page = call(new Position(number, Optional.empty(), end.server()));
    // The oldest entries can be deleted, so the first entry can have a higher number than expected.
    long before = page.lastNumber() - page.entries().size();
    Position first = new Position(before, page.nonceAtPosition(), page.server());
    return page.positionAfter(Optional.of(first)).isPresent() ? page : end;
  }

  /**
   * Reads all entries after an earlier read.
   *
   * @return the latest entries of the earlier read and of this read
   */
  private Page readOn(Page earlier) {
    Page read = earlier;
    Optional<Position> end = earlier.positionAfter(Optional.empty());
    do {
      Page page = call(end.orElseThrow());
      end = page.positionAfter(end);
      if (end.isEmpty() || page.lastNumber() - end.get().number() > MAX_ENTRIES) {
        return readLatest();
      }
      read = join(read, page);
    } while (!read.complete());
    return read;
  }

  private Page call(@Nullable Position after) {
    long start = clock.monotonicNanos();
    Page page = feed.read(after);
    middle = start + (clock.monotonicNanos() - start) / 2;
    return page;
  }

  /** Returns the entries of two pages, but at most the latest {@link #MAX_ENTRIES}. */
  private static Page join(Page earlier, Page page) {
    List<Entry> entries = earlier.entries();
    if (!page.entries().isEmpty()) { // otherwise nothing must be copied
      entries = new ArrayList<>(entries);
      entries.addAll(page.entries());
    }
    int dropped = Math.max(0, entries.size() - MAX_ENTRIES);
    return with(
        page,
        dropped == 0 ? earlier.nonceAtPosition() : Optional.of(entries.get(dropped - 1).nonce()),
        entries.subList(dropped, entries.size()),
        page.complete(),
        page.lease(),
        page.databaseTime());
  }

  /**
   * Returns the page for a verifier.
   *
   * @param read the page with the latest entries of the feed. These entries have no gap. The index
   *     of an entry in the page can therefore be computed from the number of the entry
   */
  private static Page pageFor(
      @Nullable Position after, Page read, Duration lease, Instant databaseTime) {
    List<Entry> entries = read.entries();
    int size = entries.size();
    if (after == null) {
      return with(
          read,
          Optional.empty(),
          entries.subList(Math.max(0, size - 1), size),
          true,
          lease,
          databaseTime);
    }
    long begin = size - (read.lastNumber() - after.number());
    if (begin < 0 || begin > size) {
      // The verifier is too far behind, or ahead of the feed. After a page without a nonce at its
      // position, the verifier clears its cache and starts again.
      return with(read, Optional.empty(), List.of(), false, lease, databaseTime);
    }
    int from = (int) begin;
    int to = Math.min(size, from + PAGE);
    return with(
        read,
        from == 0 ? read.nonceAtPosition() : Optional.of(entries.get(from - 1).nonce()),
        entries.subList(from, to),
        to == size,
        lease,
        databaseTime);
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
    threads.shutDown(executor, TIMEOUT);
    feed.close();
  }
}
