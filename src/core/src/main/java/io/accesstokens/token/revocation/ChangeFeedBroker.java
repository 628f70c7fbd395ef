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
import java.util.ArrayList;
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
import org.jspecify.annotations.Nullable;

/**
 * Serves the change feed to verifiers in other processes. Each page can grant its reader a lease.
 *
 * <p>All calls that arrive during a read of the feed share the next read, which starts after these
 * calls. So one connection is enough for all calls. Before each read, the broker records the latest
 * possible end of the leases that the read can grant. A change that the read does not see is final
 * only after the end of these leases, see {@link #untilFinal}. Thread-safe.
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

  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final long IDLE_SECONDS = 5;

  private final ChangeFeed feed;
  private final long untilFinalNanos;
  private final MachineClock clock;
  private final Semaphore permits = new Semaphore(WAITING);
  private final DaemonThreads threads = new DaemonThreads("access-tokens-shared-feed");
  private final ThreadPoolExecutor executor;

  // The following three fields are guarded by the lock of this object.
  private List<PendingRead> waiting = new ArrayList<>();
  private boolean granted;
  private long until;

  /**
   * The change number of the last entry in the feed at the time of the last read. The executor
   * thread uses this change number to find verifiers that are too far behind. No other thread uses
   * this field.
   */
  private long lastNumber;

  private record PendingRead(@Nullable Position after, CompletableFuture<Page> page) {}

  /**
   * Creates a broker that shares the reads of a change feed.
   *
   * @param feed the change feed, which is closed with this broker
   * @param durations the length and margin of the leases that pages grant
   */
  public ChangeFeedBroker(ChangeFeed feed, Lease.Durations durations, MachineClock clock) {
    this.feed = feed;
    this.untilFinalNanos = durations.length().plus(durations.margin()).toNanos();
    this.clock = clock;
    this.executor =
        new ThreadPoolExecutor(
            1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    executor.allowCoreThreadTimeOut(true);
  }

  /**
   * Reads the change feed for one verifier. The read of the store starts after this call.
   *
   * @param after the position of the verifier in the feed; null if the verifier has no position
   * @throws StoreUnavailableException if the feed cannot be read now
   */
  public Page read(@Nullable Position after) {
    if (!permits.tryAcquire()) {
      throw new StoreUnavailableException("too many verifiers wait for the change feed", null);
    }
    try {
      PendingRead call = new PendingRead(after, new CompletableFuture<>());
      synchronized (this) {
        waiting.add(call);
      }
      executor.execute(this::readBatch);
      return call.page().get(TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted while the change feed was read", e);
    } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
      throw new StoreUnavailableException("the change feed cannot be read now", e);
    } finally {
      permits.release();
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
    return Duration.ofNanos(untilFinalNanos);
  }

  private void readBatch() {
    List<PendingRead> batch;
    synchronized (this) {
      batch = waiting;
      waiting = new ArrayList<>();
      if (batch.isEmpty()) {
        return;
      }
      // Both fields are set before the read. If the read does not see a change, the commit of the
      // change comes later and uses these values.
      granted = true;
      until = clock.monotonicNanos() + untilFinalNanos;
    }
    try {
      List<PendingRead> beginners = batch.stream().filter(call -> call.after() == null).toList();
      if (!beginners.isEmpty()) {
        Page page = feed.read(null);
        beginners.forEach(call -> call.page().complete(page));
      }
      completeFollowers(batch.stream().filter(call -> call.after() != null).toList());
    } catch (RuntimeException | Error e) {
      batch.forEach(call -> call.page().completeExceptionally(e));
    }
  }

  private void completeFollowers(List<PendingRead> followers) {
    Optional<Position> first =
        followers.stream()
            .map(PendingRead::after)
            .filter(Objects::nonNull)
            .filter(after -> after.number() >= lastNumber - MAX_ENTRIES_BEHIND)
            .reduce((a, b) -> a.number() <= b.number() ? a : b);
    if (first.isEmpty()) {
      // All verifiers are too far behind. The feed is still read, for the other members of the
      // page.
      Page page = feed.read(null);
      followers.forEach(call -> call.page().complete(tooFarBehind(page)));
      return;
    }
    Page page = feed.read(first.get());
    lastNumber = page.lastNumber();
    for (PendingRead call : followers) {
      Position after = Objects.requireNonNull(call.after());
      call.page().complete(pageFor(after, first.get(), page));
    }
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
    return with(page, nonce, cut ? later.subList(0, PAGE) : later, page.complete() && !cut);
  }

  /**
   * Returns a page without a nonce at the position of the verifier. After such a page, the verifier
   * clears its cache and starts again.
   */
  private static Page tooFarBehind(Page page) {
    return with(page, Optional.empty(), List.of(), false);
  }

  private static Page with(
      Page page, Optional<EntryNonce> nonceAtPosition, List<Entry> entries, boolean complete) {
    return new Page(
        page.lastNumber(),
        nonceAtPosition,
        entries,
        complete,
        page.server(),
        page.databaseTime(),
        page.lease(),
        page.withheld());
  }

  /** Stops the broker and closes the change feed. Later calls of {@link #read} fail. */
  @Override
  public void close() {
    // With the default lease, a read ends within this timeout, because it waits for the database at
    // most two seconds.
    threads.end(executor, TIMEOUT);
    feed.close();
  }
}
