package io.accesstokens.verify;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The cached facts of a token, and the possible verdicts on the token. */
final class CachedToken {

  private final Verification verdict;
  private final UUID tokenId;
  private final Verification.Refused expired;
  private final Verification.@Nullable Refused revoked;
  private final long expiresAtMillis;
  private final long until;

  /**
   * Creates an entry of the cache.
   *
   * @param until the time at which the facts must be read again, in nanoseconds of the monotonic
   *     clock
   */
  CachedToken(TokenFacts facts, long until) {
    this.verdict = facts.verdict();
    this.tokenId = facts.accepted().tokenId();
    this.expired = refused(Verification.Reason.EXPIRED);
    this.revoked = facts.revoked() ? refused(Verification.Reason.REVOKED) : null;
    this.expiresAtMillis = facts.accepted().expiresAt().toEpochMilli();
    this.until = until;
  }

  private Verification.Refused refused(Verification.Reason reason) {
    return new Verification.Refused(reason, Optional.of(tokenId));
  }

  boolean isFresh(long monotonic) {
    return monotonic - until < 0;
  }

  /**
   * Returns the verdict at an instant. The result equals the result of {@link TokenFacts#at}. This
   * method creates no object, so that a cache hit is fast.
   *
   * @param databaseMillis the instant by the store's clock, in milliseconds since 1970-01-01T00:00Z
   */
  Verification at(long databaseMillis) {
    if (revoked != null) {
      return revoked;
    }
    return databaseMillis < expiresAtMillis ? verdict : expired;
  }
}
