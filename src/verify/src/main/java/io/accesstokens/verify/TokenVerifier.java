package io.accesstokens.verify;

/** Decides whether a raw token is good now. Implementations are safe for use by many threads. */
@FunctionalInterface
public interface TokenVerifier {

  /**
   * Checks one token.
   *
   * @return accepted or refused, never a guess
   * @throws VerificationUnavailableException if it cannot be found out now; the caller answers 503
   */
  Verification check(RawToken token);

  /**
   * The same for a verifier in another process, which keeps the verdict and has applied all changes
   * up to a position of the feed: what is said is no older than that. A check that reads the store
   * each time has nothing to do for it; one that keeps what it has read overrides this.
   *
   * @throws VerificationUnavailableException if it cannot be found out now; the caller answers 503
   */
  default Verification check(RawToken token, ChangeFeed.Position noOlderThan) {
    return check(token);
  }

  /**
   * Checks what the store says of a token, never what a cache says: for a decision that has to see
   * every token that exists, as its revocation. Does not consider the owner of a personal token. A
   * check that keeps what it has read, or that considers owners, overrides this.
   *
   * @throws VerificationUnavailableException if the store cannot be read now; the caller answers
   *     503
   */
  default Verification checkInStore(RawToken token) {
    return check(token);
  }
}
