package io.accesstokens.verify;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Follows a {@link ChangeFeed} in a thread of its own. After each read, it applies the changes to a
 * {@link CachedTokenVerifier} and then renews the {@link Lease}. The lease counts from a time noted
 * before the read.
 *
 * <p>Only a page that proves that no change was missed renews the lease:
 *
 * <ul>
 *   <li>After a truncated page, the next page is read at once.
 *   <li>A gap, another mark, another server or an unknown kind of entry clears the cache.
 * </ul>
 */
public final class FeedFollower implements AutoCloseable {

  private static final Logger LOG = System.getLogger(FeedFollower.class.getName());
  private static final int LOOKS_A_LEASE = 4;
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(50);
  private static final Duration PAUSE_WITHOUT_LEASE = Duration.ofSeconds(1);
  private static final long STOP_MILLIS = 5_000;
  private static final int REMEMBERED = 10_000;

  private final ChangeFeed feed;
  private final Lease lease;
  private final CachedTokenVerifier cache;
  private final MachineClock clock;
  private final Cache<TokenDigest, Long> revokedAt =
      Caffeine.newBuilder().maximumSize(REMEMBERED).executor(Runnable::run).build();
  private final Thread thread = new Thread(this::run, "access-tokens-changes");

  // Used by the thread only.
  private ChangeFeed.@Nullable Position position;
  private Optional<String> trouble = Optional.empty();
  private Duration between;

  private volatile ChangeFeed.@Nullable Position heard;
  private volatile boolean closed;

  /**
   * @param feed the feed, which is closed together with this follower
   * @param cache the verifier whose entries are evicted
   */
  public FeedFollower(ChangeFeed feed, Lease lease, CachedTokenVerifier cache, MachineClock clock) {
    this.feed = feed;
    this.lease = lease;
    this.cache = cache;
    this.clock = clock;
    this.between = lease.terms().length().dividedBy(LOOKS_A_LEASE);
    thread.setDaemon(true);
  }

  /** Starts the thread. */
  public FeedFollower start() {
    thread.start();
    return this;
  }

  private void run() {
    try {
      while (!closed) {
        Outcome outcome = lookOrFail();
        if (outcome == Outcome.FAILED) {
          Thread.sleep(PAUSE_AFTER_FAILURE.toMillis());
        }
        if (outcome != Outcome.MORE) {
          lease.pause(between);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // ends this thread
    } finally {
      lease.close();
      feed.close();
    }
  }

  /**
   * Reads the feed and survives an {@link Error}. Memory may be short for a moment, and without
   * this thread no token would be accepted any more.
   */
  private Outcome lookOrFail() {
    try {
      return look();
    } catch (Error e) {
      report(Optional.of("changes cannot be read: " + e), Level.ERROR);
      return Outcome.FAILED;
    }
  }

  /** The outcome of one read of the feed. */
  enum Outcome {
    /** The lease was renewed. */
    RENEWED,
    /** There are more entries to read at once. */
    MORE,
    /** The feed could not be read, or the page proves nothing. */
    FAILED
  }

  /** Reads the feed once. */
  Outcome look() {
    Lease.Poll poll = lease.begin();
    try {
      return apply(feed.read(position), poll);
    } catch (VerificationUnavailableException e) {
      poll.denied(true);
      report(Optional.of("changes cannot be read: " + e.getMessage()), Level.WARNING);
    } catch (RuntimeException e) {
      poll.denied(false);
      report(Optional.of("changes cannot be read: " + e), Level.ERROR);
    } catch (Error e) {
      poll.denied(false);
      throw e;
    }
    return Outcome.FAILED;
  }

  private Outcome apply(ChangeFeed.Page page, Lease.Poll poll) {
    Optional<ChangeFeed.Position> before = Optional.ofNullable(position);
    ChangeFeed.Position next = page.positionAfter(before).orElse(null);
    heard = next;
    if (before.isEmpty() || next == null) {
      // Without a position, cached facts may be older than this page.
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
    cache.reached(next);
    if (next == null || !page.complete()) {
      poll.again();
      return Outcome.MORE;
    }
    if (page.lease().isZero()) {
      // Entries that were read but not applied may be lost, because no mark covers them.
      revokedAt.invalidateAll();
      between = PAUSE_WITHOUT_LEASE;
      poll.denied(false);
      report(page.withheld(), Level.ERROR);
      return Outcome.FAILED;
    }
    between = page.lease().dividedBy(LOOKS_A_LEASE);
    poll.granted(page.lease(), page.databaseTime());
    report(Optional.empty(), Level.INFO);
    return Outcome.RENEWED;
  }

  /**
   * Returns the last change that this process has received, applied or not. It is empty before the
   * first read, and after a page that did not continue at the last position.
   *
   * <p>It moves before the evictions. A load must first reserve its cache entry, and then request
   * facts from another process that are at least as new as this position. Then either an eviction
   * removes the entry, or the facts include the change.
   */
  public Optional<ChangeFeed.Position> heard() {
    return Optional.ofNullable(heard);
  }

  /**
   * Returns a lower bound of the time since a digest was revoked. Since then, this process has
   * cached nothing else for the digest. Other changes of the digest do not count, for example the
   * import of its token.
   *
   * @param digest a digest that the store reported as revoked before this call, and that was
   *     evicted since then; if this process has not received its revocation, the time starts now
   */
  public Duration sinceRevoked(TokenDigest digest) {
    long now = clock.monotonicNanos();
    return Duration.ofNanos(now - revokedAt.get(digest, unheard -> now));
  }

  private void report(Optional<String> now, Level level) {
    if (!now.equals(trouble)) {
      trouble = now;
      LOG.log(level, now.orElse("changes are read again, and cached verdicts are in use"));
    }
  }

  /** Stops the thread. After the end of the lease, verdicts are unavailable. */
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
