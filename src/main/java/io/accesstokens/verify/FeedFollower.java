package io.accesstokens.verify;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@link ChangeFeed} again and again in a thread of its own, applies what it finds to a
 * {@link CachedTokenCheck}, and then renews the {@link Lease}, from the time noted before it asked.
 *
 * <p>A page that proves less than that no change was missed renews nothing: one that was cut is
 * followed by the next at once; a gap, another mark or server, or a kind of entry that this version
 * does not know clears the cache.
 */
public final class FeedFollower implements AutoCloseable {

  private static final Logger LOG = System.getLogger(FeedFollower.class.getName());
  private static final int LOOKS_A_LEASE = 4;
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(50);
  private static final long STOP_MILLIS = 5_000;
  private static final int REMEMBERED = 10_000;

  private final ChangeFeed feed;
  private final Lease lease;
  private final CachedTokenCheck cache;
  private final MachineClock clock;
  private final Cache<TokenDigest, Long> appliedAt =
      Caffeine.newBuilder().maximumSize(REMEMBERED).executor(Runnable::run).build();
  private final Thread thread = new Thread(this::run, "access-tokens-changes");

  // Of the thread alone.
  private ChangeFeed.@Nullable Position position;
  private Optional<String> trouble = Optional.empty();

  private volatile boolean closed;

  /**
   * @param feed is closed with this
   * @param cache what is evicted
   */
  public FeedFollower(ChangeFeed feed, Lease lease, CachedTokenCheck cache, MachineClock clock) {
    this.feed = feed;
    this.lease = lease;
    this.cache = cache;
    this.clock = clock;
    thread.setDaemon(true);
  }

  /** Begins to follow. */
  public FeedFollower start() {
    thread.start();
    return this;
  }

  private void run() {
    Duration between = lease.terms().length().dividedBy(LOOKS_A_LEASE);
    try {
      while (!closed) {
        Outcome outcome = look();
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
    } catch (VerificationUnavailable e) {
      poll.denied(true);
      report(Optional.of("changes cannot be read: " + e.getMessage()), Level.WARNING);
    } catch (RuntimeException e) {
      poll.denied(false);
      report(Optional.of("changes cannot be read: " + e), Level.ERROR);
    }
    return Outcome.FAILED;
  }

  private Outcome apply(ChangeFeed.Page page, Lease.Poll poll) {
    ChangeFeed.Position before = position;
    if (before == null) {
      // Whatever was read before this look may be older than the position that it begins with.
      cache.clear();
      position = new ChangeFeed.Position(page.counter(), lastMark(page), page.server());
    } else if (follows(page, before)) {
      for (ChangeFeed.Entry entry : page.entries()) {
        cache.evict(entry.digest());
        appliedAt.put(entry.digest(), clock.monotonicNanos());
        position =
            new ChangeFeed.Position(entry.number(), Optional.of(entry.mark()), page.server());
      }
      if (!page.complete()) {
        poll.again();
        return Outcome.MORE;
      }
    } else {
      cache.clear();
      position = null;
      poll.again();
      return Outcome.MORE;
    }
    if (page.lease().isZero()) {
      poll.denied(false);
      report(page.withheld(), Level.ERROR);
      return Outcome.FAILED;
    }
    poll.granted(page.lease(), page.databaseTime());
    report(Optional.empty(), Level.INFO);
    return Outcome.RENEWED;
  }

  private static Optional<ChangeFeed.Mark> lastMark(ChangeFeed.Page page) {
    return page.entries().stream()
        .filter(entry -> entry.number() == page.counter())
        .map(ChangeFeed.Entry::mark)
        .findFirst();
  }

  /** Whether the page goes on where the reader stands, and everything in it is understood. */
  private static boolean follows(ChangeFeed.Page page, ChangeFeed.Position before) {
    if (!page.server().equals(before.server()) || !page.markAtPosition().equals(before.mark())) {
      return false;
    }
    List<ChangeFeed.Entry> entries = page.entries();
    long number = before.number();
    for (ChangeFeed.Entry entry : entries) {
      number++;
      if (entry.number() != number || !entry.isKnownKind()) {
        return false;
      }
    }
    return page.complete()
        ? number == page.counter()
        : number < page.counter() && !entries.isEmpty();
  }

  /**
   * Whether a change of a digest was applied here at least that long ago. If not, it may still have
   * been.
   */
  public boolean appliedBefore(TokenDigest digest, Duration ago) {
    Long at = appliedAt.getIfPresent(digest);
    return at != null && clock.monotonicNanos() - at >= ago.toNanos();
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
