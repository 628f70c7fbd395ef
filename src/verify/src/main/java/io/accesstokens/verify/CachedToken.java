package io.accesstokens.verify;

import java.time.Instant;

/**
 * The cached facts of a token, in the form of two verdicts. One verdict applies while the secret is
 * valid. The other verdict refuses the secret.
 */
final class CachedToken implements VerdictCache.Entry {

  /**
   * Number of scopes that increases {@link #weight} by one. This number of scopes needs as much
   * memory as the other facts of a token.
   */
  private static final int SCOPES_PER_WEIGHT = 100;

  private final Verification verdict;
  private final Verification.Refused refused;

  /** The time until which {@link #verdict} applies, in milliseconds since 1970-01-01T00:00Z. */
  private final long validUntilMillis;

  private final long until;

  /**
   * True if these facts were used since a full cache last called {@link #clearUsed}. Threads access
   * this field without synchronization. After a lost update, the cache removes the facts too early
   * or too late, which is harmless. New facts count as used, because the request that loads these
   * facts uses them immediately.
   */
  private boolean used = true;

  /**
   * Creates an entry of the cache.
   *
   * @param until the time at which the facts must be read again, in nanoseconds of the monotonic
   *     clock
   */
  CachedToken(TokenFacts facts, long until) {
    this.verdict = facts.verdict();
    this.refused = facts.refused();
    this.validUntilMillis =
        facts.isRefused() ? Long.MIN_VALUE : millisUntil(facts.accepted().expiresAt());
    this.until = until;
  }

  /**
   * Returns the first millisecond that is not before an instant, since 1970-01-01T00:00Z. Returns
   * the nearest possible number for an instant that is out of range, such as {@link Instant#MAX}.
   */
  private static long millisUntil(Instant end) {
    if (end.isBefore(Instant.ofEpochMilli(Long.MIN_VALUE))) {
      return Long.MIN_VALUE;
    }
    return end.isBefore(Instant.ofEpochMilli(Long.MAX_VALUE))
        ? end.plusNanos(999_999).toEpochMilli()
        : Long.MAX_VALUE;
  }

  /**
   * Returns the memory that this entry needs, as a multiple of the memory of an entry with few
   * scopes.
   */
  int weight() {
    Verification.Accepted accepted =
        verdict instanceof Verification.AddressLimited limited
            ? limited.accepted()
            : (Verification.Accepted) verdict;
    return 1 + accepted.scopes().size() / SCOPES_PER_WEIGHT;
  }

  boolean isFresh(long monotonic) {
    return monotonic - until < 0;
  }

  /**
   * Returns the verdict at an instant, and marks these facts as used. The result equals the result
   * of {@link TokenFacts#verdictAt}. To keep a cache hit fast, this method creates no object.
   *
   * @param databaseMillis the instant by the store's clock, in milliseconds since 1970-01-01T00:00Z
   */
  Verification verdictAt(long databaseMillis) {
    if (!used) {
      used = true;
    }
    return databaseMillis < validUntilMillis ? verdict : refused;
  }

  /** Marks these facts as unused. Returns true if the facts were used since the last call. */
  boolean clearUsed() {
    boolean before = used;
    used = false;
    return before;
  }
}
