package io.accesstokens.verify;

import java.time.Instant;

/**
 * The facts that a store has about a token, for one of its secrets. The verdict at any instant can
 * be computed from the facts. Therefore caches hold facts and never verdicts.
 *
 * @param accepted the verdict while the token is not revoked and the secret is valid, for a client
 *     at an allowed address
 * @param revoked true if the token was revoked
 * @param secretEnded true if the store has recorded the end of the secret; false for a previous
 *     secret whose grace period is over, until the store records its end
 */
public record TokenFacts(Verification.Accepted accepted, boolean revoked, boolean secretEnded) {

  /** Creates facts for a secret that was not ended. */
  public TokenFacts(Verification.Accepted accepted, boolean revoked) {
    this(accepted, revoked, false);
  }

  /**
   * Returns the verdict at an instant. The first matching rule decides:
   *
   * <ol>
   *   <li>A revoked token is refused as revoked.
   *   <li>An ended secret is refused as ended.
   *   <li>Before the {@code expiresAt} of {@link #accepted}, the result is the {@link #verdict}.
   *   <li>At and after this {@code expiresAt}, the previous secret is refused as ended, and the
   *       current secret as expired.
   * </ol>
   */
  public Verification verdictAt(Instant now) {
    return !revoked && !secretEnded && now.isBefore(accepted.expiresAt()) ? verdict() : refused();
  }

  /**
   * Returns the verdict that refuses the secret. This verdict applies at and after the {@code
   * expiresAt} of {@link #accepted}. For a revoked token or an ended secret, this verdict applies
   * at any time.
   */
  Verification.Refused refused() {
    if (revoked) {
      return accepted.refused(Verification.Reason.REVOKED);
    }
    return accepted.refused(
        secretEnded || accepted.secret().previous()
            ? Verification.Reason.ENDED_SECRET
            : Verification.Reason.EXPIRED);
  }

  /** Returns true if these facts refuse every client at every instant. */
  boolean isRefused() {
    return revoked || secretEnded;
  }

  /**
   * Returns the verdict that applies while the token is not revoked and the secret is valid. This
   * method does not check these conditions. If the token is limited to addresses, returns {@link
   * Verification.AddressLimited}, because the verdict depends on the client's address.
   */
  public Verification verdict() {
    return accepted.limits().allowedAddresses().isEmpty()
        ? accepted
        : new Verification.AddressLimited(accepted);
  }
}
