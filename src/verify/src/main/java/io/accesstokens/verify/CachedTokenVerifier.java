package io.accesstokens.verify;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Checks raw tokens by what is cached of them, under a {@link Lease}: no I/O, no lock and no hop to
 * another thread for a token that was seen before.
 *
 * <p>First the lease is checked, then the cache is looked at: the other way round, a renewal could
 * slip in between. What is cached are facts; the verdict is made at each use, by the store's clock.
 * Safe for use by many threads.
 */
public final class CachedTokenVerifier implements TokenVerifier {

  private static final Verification UNKNOWN =
      new Verification.Refused(Verification.Reason.UNKNOWN, Optional.empty());

  private static final String NO_CHANGES = "changes of verdicts cannot be read now";

  /** How long a refusal of an unknown digest is kept at most. */
  private static final Duration UNKNOWN_TTL = Duration.ofSeconds(5);

  /** How long a request waits for a look at the feed, or for another's read of its token. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /**
   * How much is kept, and how much is asked of the store.
   *
   * @param ttl how long facts are kept at most
   * @param maximumEntries how many tokens' facts are kept at most
   * @param concurrentLoads how many reads go on at the same time, so that a flood of unknown tokens
   *     leaves connections to others; what comes meanwhile is read together
   */
  public record Limits(Duration ttl, int maximumEntries, int concurrentLoads) {

    /** Enough for large installations, at some 100 MB when it is full. */
    public static final int USUAL_ENTRIES = 200_000;
  }

  private final BatchingTokenLoader lookups;
  private final Lease lease;
  private final MachineClock clock;
  private final Limits limits;
  private final long ttlNanos;
  private final long unknownTtlNanos;
  private volatile VerdictCache places;
  private volatile ChangeFeed.@Nullable Position reached;

  /**
   * @param lookup reads the store
   * @param lease is renewed by a {@link FeedFollower}, unless it never ends
   */
  public CachedTokenVerifier(TokenLookup lookup, Lease lease, MachineClock clock, Limits limits) {
    this.lookups = new BatchingTokenLoader(lookup, clock, limits.concurrentLoads());
    this.lease = lease;
    this.clock = clock;
    this.limits = limits;
    this.ttlNanos = limits.ttl().toNanos();
    this.unknownTtlNanos = Math.min(ttlNanos, UNKNOWN_TTL.toNanos());
    this.places = new VerdictCache(limits.maximumEntries());
  }

  @Override
  public Verification check(RawToken token) {
    TokenDigest digest = token.digest();
    long monotonic = clock.monotonicNanos();
    long wall = clock.wallMillis();
    if (!lease.covers(monotonic, wall)) {
      return pastLease(token, digest);
    }
    Verification cached = cached(digest, monotonic, wall);
    return cached != null ? cached : load(token, digest);
  }

  /** From the cache only if it stands at that very position: otherwise from the store. */
  @Override
  public Verification check(RawToken token, ChangeFeed.Position noOlderThan) {
    return noOlderThan.equals(reached) ? check(token) : checkAnew(token);
  }

  @Override
  public Verification checkInStore(RawToken token) {
    return checkAnew(token);
  }

  /**
   * Under the lease as well: a process that is refused one may be reading from a server that lags
   * behind the position.
   */
  private Verification checkAnew(RawToken token) {
    if (!lease.covers(clock.monotonicNanos(), clock.wallMillis()) && !lease.awaitNext(PATIENCE)) {
      throw new VerificationUnavailableException(NO_CHANGES);
    }
    return lookups
        .find(token)
        .map(facts -> facts.at(Instant.ofEpochMilli(lease.databaseMillis(clock.wallMillis()))))
        .orElse(UNKNOWN);
  }

  private @Nullable Verification cached(TokenDigest digest, long monotonic, long wall) {
    VerdictCache now = places;
    CachedToken known = now.loaded(digest);
    if (known != null && known.isFresh(monotonic)) {
      return known.at(lease.databaseMillis(wall));
    }
    return known == null && now.isUnknown(digest, monotonic) ? UNKNOWN : null;
  }

  /** All who come past the lease wait for one look at the feed, and then use the cache again. */
  private Verification pastLease(RawToken token, TokenDigest digest) {
    if (!coveredInOutage() && lease.awaitNext(PATIENCE)) {
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

  private boolean coveredInOutage() {
    return lease.coversInOutage(clock.monotonicNanos(), clock.wallMillis());
  }

  private Verification load(RawToken token, TokenDigest digest) {
    while (true) {
      VerdictCache now = places;
      CompletableFuture<CachedToken> mine = new CompletableFuture<>();
      CompletableFuture<CachedToken> other = now.take(digest, mine);
      if (other == null) {
        return verdict(read(token, digest, now, mine));
      }
      CachedToken known = join(other);
      if (known == null || known.isFresh(clock.monotonicNanos())) {
        return verdict(known);
      }
      now.leave(digest, other);
    }
  }

  private Verification verdict(@Nullable CachedToken known) {
    return known == null ? UNKNOWN : known.at(lease.databaseMillis(clock.wallMillis()));
  }

  private @Nullable CachedToken read(
      RawToken token, TokenDigest digest, VerdictCache in, CompletableFuture<CachedToken> place) {
    try {
      long begun = clock.monotonicNanos();
      Optional<TokenFacts> found = lookups.find(token);
      if (found.isEmpty()) {
        in.leaveAsUnknown(digest, place, begun + unknownTtlNanos);
        place.complete(null);
        return null;
      }
      CachedToken known = new CachedToken(found.get(), begun + ttlNanos);
      place.complete(known);
      return known;
    } catch (RuntimeException | Error e) {
      in.leave(digest, place);
      place.cancel(false); // of a failure, Caffeine would log each
      throw e;
    }
  }

  private @Nullable CachedToken join(CompletableFuture<CachedToken> other) {
    try {
      CachedToken known = clock.await(other, PATIENCE.multipliedBy(2));
      if (known == null && !other.isDone()) {
        throw new VerificationUnavailableException("a token is looked up for too long");
      }
      // It may have been done just after the wait was given up: with a token, or with a failure.
      return known == null ? other.getNow(null) : known;
    } catch (ExecutionException | CompletionException | CancellationException e) {
      throw new VerificationUnavailableException("a token cannot be looked up now", e);
    }
  }

  /** All changes up to there were applied; null if it is not known which were. */
  void reached(ChangeFeed.@Nullable Position position) {
    reached = position;
  }

  /** Forgets what is known of a digest, and what is being read of it. Returns at once. */
  public void evict(TokenDigest digest) {
    places.evict(digest);
  }

  /** Forgets everything, and what is being read. Returns at once. */
  public void clear() {
    places = new VerdictCache(limits.maximumEntries());
  }
}
