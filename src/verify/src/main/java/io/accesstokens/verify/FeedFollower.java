package io.accesstokens.verify;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Follows a {@link ChangeFeed} in a separate thread. After each read of the feed, the follower
 * applies the changes to a {@link CachedTokenVerifier} and then renews the {@link Lease}. The lease
 * starts at the start of the read.
 *
 * <p>A page renews the lease only if the page proves that the follower has missed no change. Other
 * pages have these effects:
 *
 * <ul>
 *   <li>If more entries follow the page, the follower reads the next page immediately.
 *   <li>If the page has a gap, an unexpected nonce, another server or an unknown kind of entry, the
 *       follower ends the lease and clears the cache. The follower then has no position. Without a
 *       position, a remote verifier could load facts from a replica that has not applied the latest
 *       changes. Therefore, the lease must end.
 * </ul>
 */
public final class FeedFollower implements AutoCloseable {

  private static final Logger LOG = System.getLogger(FeedFollower.class.getName());
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(50);
  private static final int PAUSE_PERCENT = 25;
  private static final int PAUSE_PERCENT_AFTER_FAILURE = 12;
  private static final int MAX_PAUSE_PERCENT = 60;
  private static final Duration PAUSE_WITHOUT_LEASE = Duration.ofSeconds(1);
  private static final long STOP_MILLIS = 5_000;
  private static final int MAX_REVOCATIONS = 10_000;

  /** The maximum number of remembered problems. One more clears them, and they are logged again. */
  private static final int MAX_PROBLEMS = 20;

  private final ChangeFeed feed;
  private final Lease lease;
  private final CachedTokenVerifier cache;
  private final MachineClock clock;
  private final int pausePercent;
  private final Cache<TokenDigest, Long> revokedAt =
      Caffeine.newBuilder().maximumSize(MAX_REVOCATIONS).executor(Runnable::run).build();
  private final Thread thread = new Thread(this::run, "access-tokens-changes");

  // Only the thread of this follower uses these fields.

  /** The problems that were logged since the last renewal of the lease. */
  private final Set<String> problems = new HashSet<>();

  private ChangeFeed.@Nullable Position position;
  private Duration granted;
  private Duration pause;
  private boolean failed;

  private volatile ChangeFeed.@Nullable Position lastReceived;
  private volatile boolean closed;

  /**
   * Creates a follower that reads the feed about four times in each lease. Its thread runs only
   * after {@link #start}.
   *
   * @param feed the feed; the thread of this follower closes it
   * @param lease the lease that this follower renews
   * @param cache the verifier whose entries are evicted
   */
  public FeedFollower(ChangeFeed feed, Lease lease, CachedTokenVerifier cache, MachineClock clock) {
    this(feed, lease, cache, clock, PAUSE_PERCENT);
  }

  /**
   * Creates a follower. Its thread runs only after {@link #start}.
   *
   * @param feed the feed; the thread of this follower closes it
   * @param lease the lease that this follower renews
   * @param cache the verifier whose entries are evicted
   * @param pausePercent the longest pause after a read, in percent of the lease, from 1 to 60. If
   *     the lease is 200 ms or longer, there is time for another read after a read that fails
   *     quickly.
   * @throws IllegalArgumentException if {@code pausePercent} is less than 1 or more than 60
   */
  public FeedFollower(
      ChangeFeed feed,
      Lease lease,
      CachedTokenVerifier cache,
      MachineClock clock,
      int pausePercent) {
    if (pausePercent < 1 || pausePercent > MAX_PAUSE_PERCENT) {
      throw new IllegalArgumentException("pausePercent must be from 1 to " + MAX_PAUSE_PERCENT);
    }
    this.feed = feed;
    this.lease = lease;
    this.cache = cache;
    this.clock = clock;
    this.pausePercent = pausePercent;
    this.granted = lease.durations().length();
    this.pause = pauseFor(granted, pausePercent);
    thread.setDaemon(true);
  }

  /** Starts the thread of this follower, and returns this follower. */
  public FeedFollower start() {
    thread.start();
    return this;
  }

  private void run() {
    try {
      while (!closed) {
        Outcome outcome = pollOrFail();
        if (outcome == Outcome.FAILED) {
          Thread.sleep(PAUSE_AFTER_FAILURE.toMillis());
        }
        if (outcome != Outcome.MORE) {
          lease.awaitReadRequest(pause());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // ends this thread
    } finally {
      lease.close();
      feed.close();
    }
  }

  /** Returns the planned pause before the next read of the feed. */
  Duration pause() {
    return pause;
  }

  /**
   * Returns the pause until the next read: a percentage of the lease, multiplied by a random factor
   * from 0.9 to 1. The random factor spreads the reads of many verifiers over time.
   */
  private static Duration pauseFor(Duration lease, int percent) {
    long longest = lease.toNanos() / 100 * percent;
    return Duration.ofNanos(longest - ThreadLocalRandom.current().nextLong(longest / 10 + 1));
  }

  /**
   * Reads the feed once. An {@link Error}, for example a temporary lack of memory, counts as a
   * failed read and does not end the thread. Without the thread, the verifier would accept no
   * token.
   */
  private Outcome pollOrFail() {
    try {
      return poll();
    } catch (Error e) {
      reportFailure(e, Level.ERROR);
      return Outcome.FAILED;
    }
  }

  /** The outcome of one read of the feed. */
  enum Outcome {
    /** The lease was renewed. */
    RENEWED,
    /** The lease was not renewed, but the next page must be read immediately. */
    MORE,
    /** The lease was not renewed. The feed could not be read, or it granted no lease. */
    FAILED
  }

  /** Reads the feed once, applies the changes, and renews the lease if possible. */
  Outcome poll() {
    // This is the pause after a failure. It is short only after the first failure.
    pause = pauseFor(granted, failed ? pausePercent : PAUSE_PERCENT_AFTER_FAILURE);
    failed = true;
    Lease.Poll poll = lease.begin();
    try {
      return apply(feed.read(position), poll);
    } catch (VerificationUnavailableException e) {
      poll.deny(true);
      reportFailure(String.valueOf(e.getMessage()), Level.WARNING);
    } catch (RuntimeException e) {
      poll.deny(false);
      reportFailure(e, Level.ERROR);
    } catch (Error e) {
      poll.deny(false);
      throw e;
    }
    return Outcome.FAILED;
  }

  private Outcome apply(ChangeFeed.Page page, Lease.Poll poll) {
    Optional<ChangeFeed.Position> before = Optional.ofNullable(position);
    ChangeFeed.Position next = page.positionAfter(before).orElse(null);
    if (next == null) {
      lease.end();
    }
    lastReceived = next;
    if (before.isEmpty() || next == null) {
      // Without a known position, cached facts may be older than this page.
      cache.clear();
      revokedAt.invalidateAll(); // a failover may have lost these revocations
    } else {
      for (ChangeFeed.Entry entry : page.entries()) {
        cache.evict(entry.digest());
        if (entry.kind().equals(ChangeFeed.REVOKED)) {
          revokedAt.put(entry.digest(), clock.monotonicNanos());
        }
      }
    }
    position = next;
    cache.setPosition(next);
    if (next == null || !page.complete()) {
      poll.deferToNext();
      return Outcome.MORE;
    }
    if (page.lease().isZero()) {
      // Without a lease, the store can lose these revocations, and the follower cannot notice it.
      revokedAt.invalidateAll();
      pause = PAUSE_WITHOUT_LEASE;
      poll.deny(false);
      boolean withoutFeed = page.server().equals(ChangeFeed.NO_SERVER);
      report(page.withheld(), withoutFeed ? Level.WARNING : Level.ERROR);
      return Outcome.FAILED;
    }
    failed = false;
    granted = page.lease();
    pause = pauseFor(granted, pausePercent);
    poll.grant(page.lease(), page.databaseTime());
    report(Optional.empty(), Level.INFO);
    return Outcome.RENEWED;
  }

  /**
   * Returns the position of the last change that this process has received. The cache can still
   * contain facts from before this change. The result is empty before the first read, and after a
   * page that did not continue at the last position.
   *
   * <p>The follower sets this position before it evicts the tokens of a page. A load must first
   * reserve its cache entry, and then request facts that include all changes up to this position.
   * Each later change then evicts the reserved entry.
   */
  public Optional<ChangeFeed.Position> lastReceived() {
    return Optional.ofNullable(lastReceived);
  }

  /**
   * Returns the time since this process received the revocation of a token and evicted the token.
   * Since then, this process has cached only facts that include the revocation. The real time can
   * be longer than the result, but never shorter. Other changes of the token do not affect the
   * result.
   *
   * @param digest the digest of the token. The caller must first read from the store that the token
   *     is revoked, and must then evict the digest from the cache.
   * @return the time; zero if the receipt of the revocation is not known, for example because
   *     another process committed it just now. Later calls then return the time since this call.
   */
  public Duration sinceRevoked(TokenDigest digest) {
    long now = clock.monotonicNanos();
    // The follower can receive the revocation after this method has read the clock.
    return Duration.ofNanos(Math.max(0, now - revokedAt.get(digest, absent -> now)));
  }

  /** Logs a failed read. If memory is too low even for the message, nothing is logged. */
  private void reportFailure(Object reason, Level level) {
    try {
      report(Optional.of("changes cannot be read: " + reason), level);
    } catch (RuntimeException | Error e) {
      // The next failed read is reported.
    }
  }

  /**
   * Logs a problem once until the lease is renewed, so that two alternating problems do not fill
   * the log. Also logs the end of the problems. Ignores a failure of the logger, for example a full
   * disk, because an exception would end the thread. A later call then logs the problem.
   *
   * @param now the problem; empty if the lease was renewed
   */
  private void report(Optional<String> now, Level level) {
    if (now.map(problems::contains).orElseGet(problems::isEmpty)) {
      return;
    }
    try {
      LOG.log(
          level, now.orElse("recovered: the change feed is read, and cached verdicts are in use"));
      if (now.isEmpty() || problems.size() == MAX_PROBLEMS) {
        problems.clear();
      }
      now.ifPresent(problems::add);
    } catch (RuntimeException | Error e) {
      // A failure of the logger cannot be logged.
    }
  }

  /**
   * Stops the thread of this follower, and waits up to five seconds for its end. No tokens can be
   * verified after the end of the current lease and, in an outage, of the extra time of {@link
   * Lease.Durations#outage}.
   */
  @Override
  public void close() {
    closed = true;
    lease.close();
    try {
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
