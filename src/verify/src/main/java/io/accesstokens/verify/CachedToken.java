package io.accesstokens.verify;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The cached facts of a token, with the verdicts that can follow from them. */
final class CachedToken {

  private final Verification.Accepted good;
  private final Verification.Refused expired;
  private final Verification.@Nullable Refused revoked;
  private final long expiresAtMillis;
  private final long until;

  /**
   * @param until the time on the monotonic clock at which the facts must be read again
   */
  CachedToken(TokenFacts facts, long until) {
    this.good = facts.good();
    this.expired = refused(Verification.Reason.EXPIRED);
    this.revoked = facts.revoked() ? refused(Verification.Reason.REVOKED) : null;
    this.expiresAtMillis = good.expiresAt().toEpochMilli();
    this.until = until;
  }

  private Verification.Refused refused(Verification.Reason reason) {
    return new Verification.Refused(reason, Optional.of(good.tokenId()));
  }

  boolean isFresh(long monotonic) {
    return monotonic - until < 0;
  }

  /** Returns the verdict of {@link TokenFacts#at} without creating an object. */
  Verification at(long databaseMillis) {
    if (revoked != null) {
      return revoked;
    }
    return databaseMillis < expiresAtMillis ? good : expired;
  }
}
