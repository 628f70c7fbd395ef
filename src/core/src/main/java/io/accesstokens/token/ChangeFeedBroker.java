package io.accesstokens.token;

import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.ChangeFeed.Entry;
import io.accesstokens.verify.ChangeFeed.Mark;
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
 * The change feed for verifiers in other processes, which hold a lease of their own for each look.
 *
 * <p>Those who ask while the feed is being read wait for the next reading, which is one for all: so
 * it has begun after each of them asked, and however many ask, one connection is in use. Before a
 * reading begins, it is noted until when the leases that it may grant can last; so a change that it
 * does not see waits for them, see {@link #untilFinal}. Safe for use by many threads.
 */
public final class ChangeFeedBroker implements AutoCloseable {

  /** How many entries are answered at once: some 40 KB of JSON. */
  public static final int PAGE = 200;

  /** Whoever is further behind begins anew, so that nobody's page is cut because of them. */
  private static final int REACH = 500;

  /** How many threads wait at most; they are the server's. */
  private static final int WAITING = 64;

  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final long IDLE_SECONDS = 5;

  private final ChangeFeed feed;
  private final long untilFinalNanos;
  private final MachineClock clock;
  private final Semaphore places = new Semaphore(WAITING);
  private final DaemonThreads threads = new DaemonThreads("access-tokens-shared-feed");
  private final ThreadPoolExecutor executor;

  // Guarded by this.
  private List<Asked> waiting = new ArrayList<>();
  private boolean granted;
  private long until;

  /** Of the executor's thread alone: where the last reading ended, which only saves reading. */
  private long lastNumber;

  private record Asked(@Nullable Position after, CompletableFuture<Page> answer) {}

  /**
   * @param feed is closed with this
   * @param terms what the leases of its pages are made by
   */
  public ChangeFeedBroker(ChangeFeed feed, Lease.Terms terms, MachineClock clock) {
    this.feed = feed;
    this.untilFinalNanos = terms.length().plus(terms.margin()).toNanos();
    this.clock = clock;
    this.executor =
        new ThreadPoolExecutor(
            1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    executor.allowCoreThreadTimeOut(true);
  }

  /**
   * Reads the feed for one verifier, by a look at the store that begins after the call.
   *
   * @param after where it stands; null if nowhere
   * @throws StoreUnavailableException if the feed cannot be read now
   */
  public Page read(@Nullable Position after) {
    if (!places.tryAcquire()) {
      throw new StoreUnavailableException("too many verifiers wait for the change feed", null);
    }
    try {
      Asked asked = new Asked(after, new CompletableFuture<>());
      synchronized (this) {
        waiting.add(asked);
      }
      executor.execute(this::look);
      return asked.answer().get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted while the change feed was read", e);
    } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
      throw new StoreUnavailableException("the change feed cannot be read now", e);
    } finally {
      places.release();
    }
  }

  /**
   * How long after a change that was committed just now a verifier may rely on what a page told it
   * before. Zero if nobody has asked for so long.
   */
  synchronized Duration untilFinal() {
    return granted ? Duration.ofNanos(Math.max(0, until - clock.monotonicNanos())) : Duration.ZERO;
  }

  /** The longest that {@link #untilFinal} can be. */
  Duration longest() {
    return Duration.ofNanos(untilFinalNanos);
  }

  private void look() {
    List<Asked> asked;
    synchronized (this) {
      asked = waiting;
      waiting = new ArrayList<>();
      if (asked.isEmpty()) {
        return;
      }
      // Before the reading: a change that it does not see is committed later, and finds this.
      granted = true;
      until = clock.monotonicNanos() + untilFinalNanos;
    }
    try {
      List<Asked> beginners = asked.stream().filter(it -> it.after() == null).toList();
      if (!beginners.isEmpty()) {
        Page page = feed.read(null);
        beginners.forEach(it -> it.answer().complete(page));
      }
      answerFollowers(asked.stream().filter(it -> it.after() != null).toList());
    } catch (RuntimeException | Error e) {
      asked.forEach(it -> it.answer().completeExceptionally(e));
    }
  }

  private void answerFollowers(List<Asked> followers) {
    Optional<Position> first =
        followers.stream()
            .map(Asked::after)
            .filter(Objects::nonNull)
            .filter(after -> after.number() >= lastNumber - REACH)
            .reduce((a, b) -> a.number() <= b.number() ? a : b);
    if (first.isEmpty()) {
      // All are too far behind. What they are told must still be true, so it is read.
      Page page = feed.read(null);
      followers.forEach(it -> it.answer().complete(tooFarBehind(page)));
      return;
    }
    Page page = feed.read(first.get());
    lastNumber = page.counter();
    for (Asked asked : followers) {
      Position after = Objects.requireNonNull(asked.after());
      asked.answer().complete(pageFor(after, first.get(), page));
    }
  }

  private static Page pageFor(Position after, Position first, Page page) {
    if (after.number() < first.number()) {
      return tooFarBehind(page);
    }
    Optional<Mark> mark =
        after.number() == first.number()
            ? page.markAtPosition()
            : page.entries().stream()
                .filter(entry -> entry.number() == after.number())
                .map(Entry::mark)
                .findFirst();
    List<Entry> later =
        page.entries().stream().filter(entry -> entry.number() > after.number()).toList();
    boolean cut = later.size() > PAGE;
    return with(page, mark, cut ? later.subList(0, PAGE) : later, page.complete() && !cut);
  }

  /** No mark at the position says that the reader must begin anew. */
  private static Page tooFarBehind(Page page) {
    return with(page, Optional.empty(), List.of(), false);
  }

  private static Page with(
      Page page, Optional<Mark> markAtPosition, List<Entry> entries, boolean complete) {
    return new Page(
        page.counter(),
        markAtPosition,
        entries,
        complete,
        page.server(),
        page.databaseTime(),
        page.lease(),
        page.withheld());
  }

  /** Ends it; whoever asks from now on is told that the feed cannot be read. */
  @Override
  public void close() {
    // No reading lasts longer: it waits for the database no longer than a lease.
    threads.end(executor, PATIENCE);
    feed.close();
  }
}
