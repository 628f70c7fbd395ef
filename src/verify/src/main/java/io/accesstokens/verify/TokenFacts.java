package io.accesstokens.verify;

import java.time.Instant;
import java.util.Optional;

/**
 * What a store knows of a token, from which its verdict at any instant follows: this is what is
 * cached, never a verdict.
 *
 * @param good what a check says of it while it is good
 * @param revoked whether it was revoked
 */
public record TokenFacts(Verification.Accepted good, boolean revoked) {

  /** The verdict at an instant: revoked, else expired from {@code expiresAt} on, else good. */
  public Verification at(Instant now) {
    if (revoked) {
      return refused(Verification.Reason.REVOKED);
    }
    return now.isBefore(good.expiresAt()) ? good : refused(Verification.Reason.EXPIRED);
  }

  private Verification.Refused refused(Verification.Reason reason) {
    return new Verification.Refused(reason, Optional.of(good.tokenId()));
  }
}
