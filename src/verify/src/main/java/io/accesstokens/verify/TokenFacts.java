package io.accesstokens.verify;

import java.time.Instant;
import java.util.Optional;

/**
 * The facts that a store has about a token. The verdict at any instant can be computed from the
 * facts. Therefore caches hold facts and never verdicts.
 *
 * @param accepted the verdict while the token is neither revoked nor expired, for a client at an
 *     allowed address
 * @param revoked true if the token was revoked
 */
public record TokenFacts(Verification.Accepted accepted, boolean revoked) {

  /**
   * Returns the verdict at an instant. A revoked token is refused as revoked. Any other token has
   * the {@link #verdict} before its {@code expiresAt}, and refused as expired at and after that
   * instant.
   */
  public Verification at(Instant now) {
    if (revoked) {
      return refused(Verification.Reason.REVOKED);
    }
    return now.isBefore(accepted.expiresAt()) ? verdict() : refused(Verification.Reason.EXPIRED);
  }

  /**
   * Returns the verdict while the token is neither revoked nor expired. If the token is limited to
   * addresses, the verdict depends on the client's address.
   */
  public Verification verdict() {
    return accepted.limits().allowedAddresses().isEmpty()
        ? accepted
        : new Verification.AddressLimited(accepted);
  }

  private Verification.Refused refused(Verification.Reason reason) {
    return new Verification.Refused(reason, Optional.of(accepted.tokenId()));
  }
}
