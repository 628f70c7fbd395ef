package io.accesstokens.verify;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Verifies raw tokens from cached facts, under a {@link Lease}. A cache hit does no I/O and does
 * not switch threads. For a known token, it takes no lock.
 *
 * <p>Each verification first checks the lease and then reads the cache. In the reverse order, the
 * lease could be renewed between the two steps, and the verifier could use outdated facts. The
 * cache holds facts, and each use computes the verdict by the store's clock. This class is
 * thread-safe.
 */
public final class CachedTokenVerifier implements TokenVerifier {

  private static final Verification UNKNOWN =
      new Verification.Refused(Verification.Reason.UNKNOWN, Optional.empty());

  private static final String NO_CHANGES = "changes of verdicts cannot be read now";

  /**
   * Maximum time for which a digest is cached as unknown. A digest is unknown if no token has it.
   */
  private static final Duration UNKNOWN_TTL = Duration.ofSeconds(5);

  /**
   * Maximum wait for a read of the change feed. The maximum wait for another thread's read of the
   * same token is twice as long, or {@link #SHORT_TIMEOUT} if many threads wait.
   */
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  /**
   * Maximum wait for another thread's read of the same token, if many threads already wait for
   * reads of other threads. A working store responds within this time. Anonymous callers can send
   * one unknown token many times. This limit frees the request threads of these callers sooner
   * while the store is slow.
   */
  private static final Duration SHORT_TIMEOUT = Duration.ofMillis(500);

  /**
   * The limits of the cache and of the load on the store.
   *
   * @param ttl the maximum time for which facts are cached: 0 to 36,500 days
   * @param maximumEntries the maximum number of tokens whose facts are cached, at least 1. A token
   *     counts once more for each 100 scopes
   * @param concurrentLoads the maximum number of concurrent reads of the store, at least 1. While
   *     this number of reads runs, further tokens wait and are then read in batches. The limit
   *     keeps connections free for other work.
   */
  public record Limits(Duration ttl, int maximumEntries, int concurrentLoads) {

    /**
     * The usual maximum number of cached tokens. A full cache of this size needs about 100 MB of
     * memory.
     */
    public static final int USUAL_ENTRIES = 200_000;

    /** A time of more than about 106,000 days has too many nanoseconds for a {@code long}. */
    private static final Duration MAX_TTL = Duration.ofDays(36_500);

    /**
     * Creates limits.
     *
     * @throws IllegalArgumentException if a limit is out of its range
     */
    public Limits {
      if (ttl.isNegative()) {
        throw new IllegalArgumentException("ttl must not be negative");
      }
      if (ttl.compareTo(MAX_TTL) > 0) {
        throw new IllegalArgumentException("ttl must be at most 36500 days");
      }
      if (maximumEntries < 1) {
        throw new IllegalArgumentException("maximumEntries must be at least 1");
      }
      if (concurrentLoads < 1) {
        throw new IllegalArgumentException("concurrentLoads must be at least 1");
      }
    }
  }

  /**
   * The use of the cache since the verifier was created.
   *
   * @param hits the number of verifications from the cache
   * @param misses the number of verifications that found no valid entry in the cache
   * @param entries the approximate number of cached tokens
   */
  public record Statistics(long hits, long misses, long entries) {}

  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final BatchingTokenLoader loader;

  /**
   * The permits to wait longer than {@link #SHORT_TIMEOUT} for another thread's read of the same
   * token.
   */
  private final Semaphore longWaits;

  private final Lease lease;
  private final MachineClock clock;
  private final Limits limits;
  private final long ttlNanos;
  private final long unknownTtlNanos;
  private volatile VerdictCache verdicts;
  private volatile ChangeFeed.@Nullable Position position;

  /**
   * Creates a verifier with an empty cache.
   *
   * @param lookup reads the store
   * @param lease the lease of the cache: a lease that never ends, or a lease that a {@link
   *     FeedFollower} renews
   */
  public CachedTokenVerifier(TokenLookup lookup, Lease lease, MachineClock clock, Limits limits) {
    this.loader = new BatchingTokenLoader(lookup, clock, limits.concurrentLoads());
    this.longWaits = new Semaphore(loader.maxWaiting());
    this.lease = lease;
    this.clock = clock;
    this.limits = limits;
    this.ttlNanos = limits.ttl().toNanos();
    this.unknownTtlNanos = Math.min(ttlNanos, UNKNOWN_TTL.toNanos());
    this.verdicts = new VerdictCache(limits.maximumEntries());
  }

  @Override
  public Verification verify(RawToken token) {
    TokenDigest digest = token.digest();
    long monotonic = clock.monotonicNanos();
    long wall = clock.wallMillis();
    if (!lease.covers(monotonic, wall)) {
      return pastLease(token, digest, monotonic);
    }
    Verification cached = cached(digest, monotonic, wall);
    return cached != null ? cached : load(token, digest);
  }

  /**
   * Verifies a token from the cache if the cache has applied exactly the changes up to {@code
   * noOlderThan}. Otherwise, this method reads the store.
   *
   * <p>After a failover, the position can be from another database server than the last read of the
   * feed. This method then first waits for a new read of the feed. The new read must reach the
   * number of the position. Without this wait, the lease could be from the old primary server,
   * which lacks the changes of the new primary server.
   *
   * @throws VerificationUnavailableException if the lease is not renewed in time, if the feed does
   *     not reach the position, or if the store cannot be read
   */
  @Override
  public Verification verify(RawToken token, ChangeFeed.Position noOlderThan) {
    ChangeFeed.Position own = position;
    if (noOlderThan.equals(own)) {
      return verify(token);
    }
    if (own != null
        && !own.server().equals(noOlderThan.server())
        && !(lease.awaitNext(TIMEOUT) && hasReached(noOlderThan.number()))) {
      throw new VerificationUnavailableException(NO_CHANGES);
    }
    return verifyInStore(token);
  }

  private boolean hasReached(long number) {
    ChangeFeed.Position own = position;
    return own != null && own.number() >= number;
  }

  /**
   * Verifies a token by reading the store, not the cache. This method needs a valid lease, and
   * waits for a renewal if necessary. Without a lease, the database server can lack recent changes.
   *
   * @throws VerificationUnavailableException if the lease is not renewed in time, or if the store
   *     cannot be read
   */
  @Override
  public Verification verifyInStore(RawToken token) {
    if (!lease.covers(clock.monotonicNanos(), clock.wallMillis()) && !lease.awaitNext(TIMEOUT)) {
      throw new VerificationUnavailableException(NO_CHANGES);
    }
    return loader
        .find(token)
        .map(
            facts ->
                facts.verdictAt(Instant.ofEpochMilli(lease.databaseMillis(clock.wallMillis()))))
        .orElse(UNKNOWN);
  }

  private @Nullable Verification cached(TokenDigest digest, long monotonic, long wall) {
    VerdictCache now = verdicts;
    CachedToken known = now.loaded(digest);
    if (known != null && known.isFresh(monotonic)) {
      hits.increment();
      return known.verdictAt(lease.databaseMillis(wall));
    }
    if (known == null && now.isUnknown(digest, monotonic)) {
      hits.increment();
      return UNKNOWN;
    }
    misses.increment();
    return null;
  }

  /** Returns statistics on the use of the cache since this verifier was created. */
  public Statistics statistics() {
    return new Statistics(hits.sum(), misses.sum(), verdicts.size());
  }

  /**
   * Verifies a token after the end of the lease. All requests at this time wait for one shared read
   * of the feed, and then use the cache again. While the store cannot be reached or does not
   * respond, cached facts are valid for the extra time of {@link Lease.Durations#outage}.
   *
   * @throws VerificationUnavailableException if the lease is not renewed, and the cache must not be
   *     used or does not have the token
   */
  private Verification pastLease(RawToken token, TokenDigest digest, long now) {
    // A slow read can still grant the lease, and only then can a token be loaded.
    boolean granted =
        isCached(digest, now)
            ? lease.awaitNextOrOutage(TIMEOUT)
            : lease.awaitNextIfReachable(TIMEOUT);
    if (granted) {
      Verification cached = cached(digest, clock.monotonicNanos(), clock.wallMillis());
      return cached != null ? cached : load(token, digest);
    }
    long monotonic = clock.monotonicNanos();
    long wall = clock.wallMillis();
    if (lease.coversInOutage(monotonic, wall)) {
      Verification cached = cached(digest, monotonic, wall);
      if (cached != null) {
        return cached;
      }
    }
    throw new VerificationUnavailableException(NO_CHANGES);
  }

  private boolean isCached(TokenDigest digest, long now) {
    VerdictCache current = verdicts;
    CachedToken known = current.loaded(digest);
    return known != null ? known.isFresh(now) : current.isUnknown(digest, now);
  }

  private Verification load(RawToken token, TokenDigest digest) {
    while (true) {
      VerdictCache now = verdicts;
      VerdictCache.Reservation mine = new VerdictCache.Reservation();
      VerdictCache.Entry other = now.reserve(digest, mine);
      if (other == null) {
        return verdict(read(token, digest, now, mine));
      }
      CachedToken known;
      try {
        known =
            other instanceof VerdictCache.Reservation running
                ? join(running.result)
                : (CachedToken) other;
      } catch (CancellationException e) {
        continue; // the thread of that load was interrupted, and this thread was not
      }
      if (known == null || known.isFresh(clock.monotonicNanos())) {
        return verdict(known);
      }
      now.release(digest, known);
    }
  }

  private Verification verdict(@Nullable CachedToken known) {
    return known == null ? UNKNOWN : known.verdictAt(lease.databaseMillis(clock.wallMillis()));
  }

  private @Nullable CachedToken read(
      RawToken token, TokenDigest digest, VerdictCache current, VerdictCache.Reservation mine) {
    try {
      long begun = clock.monotonicNanos();
      Optional<TokenFacts> found = loader.find(token);
      if (found.isEmpty()) {
        current.releaseAsUnknown(digest, mine, begun + unknownTtlNanos);
        mine.result.complete(null);
        return null;
      }
      CachedToken known = new CachedToken(found.get(), begun + ttlNanos);
      current.complete(digest, mine, known);
      mine.result.complete(known);
      return known;
    } catch (RuntimeException | Error e) {
      current.release(digest, mine);
      if (Thread.currentThread().isInterrupted()) {
        mine.result.cancel(false);
      } else {
        mine.result.completeExceptionally(e);
      }
      throw e;
    }
  }

  /**
   * Waits for the load of another thread.
   *
   * @throws CancellationException if the other thread was interrupted
   * @throws VerificationUnavailableException if the load failed for another reason or takes too
   *     long, or if this thread was interrupted
   */
  private @Nullable CachedToken join(CompletableFuture<CachedToken> other) {
    boolean isLong = longWaits.tryAcquire();
    try {
      CachedToken known = clock.await(other, isLong ? TIMEOUT.multipliedBy(2) : SHORT_TIMEOUT);
      if (known == null && !other.isDone()) {
        throw new VerificationUnavailableException("the look-up of a token takes too long");
      }
      // The result may have arrived just after the wait ended, as a token or as a failure.
      return known == null ? other.getNow(null) : known;
    } catch (ExecutionException | CompletionException e) {
      throw new VerificationUnavailableException("a token cannot be looked up now", e);
    } finally {
      if (isLong) {
        longWaits.release();
      }
    }
  }

  /**
   * Sets the position in the feed up to which this cache has applied all changes.
   *
   * @param position the position; null if it is not known
   */
  void setPosition(ChangeFeed.@Nullable Position position) {
    this.position = position;
  }

  /**
   * Evicts the facts of a digest. The result of a running load is not cached. This method returns
   * without waiting.
   */
  public void evict(TokenDigest digest) {
    verdicts.evict(digest);
  }

  /**
   * Evicts all facts. The results of running loads are not cached. This method returns without
   * waiting.
   */
  public void clear() {
    verdicts = new VerdictCache(limits.maximumEntries());
  }
}
