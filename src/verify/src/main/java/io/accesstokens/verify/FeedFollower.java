package io.accesstokens.verify;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@link ChangeFeed} again and again in a thread of its own, applies what it finds to a
 * {@link CachedTokenVerifier}, and then renews the {@link Lease}, from the time noted before it
 * asked.
 *
 * <p>A page that proves less than that no change was missed renews nothing: one that was cut is
 * followed by the next at once; a gap, another mark or server, or a kind of entry that this version
 * does not know clears the cache.
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

  // Of the thread alone.
  private ChangeFeed.@Nullable Position position;
  private Optional<String> trouble = Optional.empty();
  private Duration between;

  private volatile ChangeFeed.@Nullable Position heard;
  private volatile boolean closed;

  /**
   * @param feed is closed with this
   * @param cache what is evicted
   */
  public FeedFollower(ChangeFeed feed, Lease lease, CachedTokenVerifier cache, MachineClock clock) {
    this.feed = feed;
    this.lease = lease;
    this.cache = cache;
    this.clock = clock;
    this.between = lease.terms().length().dividedBy(LOOKS_A_LEASE);
    thread.setDaemon(true);
  }

  /** Begins to follow. */
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
      Thread.currentThread().interrupt(); // closed
    } finally {
      lease.close();
      feed.close();
    }
  }

  /** Memory may be short for a moment; without this thread no token is accepted any more. */
  private Outcome lookOrFail() {
    try {
      return look();
    } catch (Error e) {
      report(Optional.of("changes cannot be read: " + e), Level.ERROR);
      return Outcome.FAILED;
    }
  }

  /** What came of a look at the feed. */
  enum Outcome {
    /** The lease is renewed. */
    RENEWED,
    /** There is more to be read at once. */
    MORE,
    /** The feed could not be read, or proves nothing. */
    FAILED
  }

  /** Looks at the feed once. */
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
      // Without a position, whatever was read before this look may be older than its page.
      cache.clear();
      revokedAt.invalidateAll(); // after a failover that lost them, they are to be made again
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
      // What was met with, but not applied, may be lost: no mark covers it.
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
   * The last change that this process has heard of, whether or not it is applied yet. A load that
   * asks another process for no older facts than these, after it has taken its place in the cache,
   * is either evicted by a change or has been told of it: that is why it moves before the evictions
   * do. Empty before the first look.
   */
  public Optional<ChangeFeed.Position> heard() {
    return Optional.ofNullable(heard);
  }

  /**
   * For how long at least it has been so that a digest is revoked, and that nothing else is cached
   * of it here. Another change of it, like the import of its token, says nothing.
   *
   * @param digest one that the store says was revoked before, and that was evicted since. One that
   *     this process has not heard of is remembered from now on.
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

  /** Ends it; verdicts are unavailable from the end of the lease on. */
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
