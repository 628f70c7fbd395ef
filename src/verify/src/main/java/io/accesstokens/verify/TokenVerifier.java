package io.accesstokens.verify;

/** Decides whether a raw token is valid now. Implementations are safe for use by many threads. */
@FunctionalInterface
public interface TokenVerifier {

  /**
   * Verifies one token.
   *
   * @return accepted or refused, never a guess
   * @throws VerificationUnavailableException if the verifier cannot decide now; the caller responds
   *     with status 503
   */
  Verification check(RawToken token);

  /**
   * Verifies one token for a verifier in another process, which caches the verdict. That process
   * has applied all changes up to a position of the feed, and the verdict is never older than that
   * position. The default is right for a verifier that reads the store each time. A verifier that
   * caches facts must override this method.
   *
   * @param noOlderThan the position that the other process has applied
   * @throws VerificationUnavailableException if the verifier cannot decide now; the caller responds
   *     with status 503
   */
  default Verification check(RawToken token, ChangeFeed.Position noOlderThan) {
    return check(token);
  }

  /**
   * Verifies one token by reading the store and never a cache. This is for a decision that must see
   * every existing token, such as a revocation. It ignores whether the owner of a personal token
   * still exists. A verifier that caches facts or checks owners must override this method.
   *
   * @throws VerificationUnavailableException if the store cannot be read now; the caller responds
   *     with status 503
   */
  default Verification checkInStore(RawToken token) {
    return check(token);
  }
}
