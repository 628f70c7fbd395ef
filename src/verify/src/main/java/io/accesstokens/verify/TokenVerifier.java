package io.accesstokens.verify;

/** Decides whether a raw token is valid now. Implementations are thread-safe. */
@FunctionalInterface
public interface TokenVerifier {

  /**
   * Verifies one token.
   *
   * @return the verdict: accepted, refused, or accepted only for some client addresses
   * @throws VerificationUnavailableException if the verifier cannot decide now; the caller responds
   *     with status 503
   */
  Verification verify(RawToken token);

  /**
   * Verifies one token for a verifier in another process. The other verifier caches the verdict.
   * The verdict includes all changes up to {@code noOlderThan}. A verifier that caches facts must
   * override this method, because the default implementation ignores the position.
   *
   * @param noOlderThan the position, in the change feed, of the last change that the other process
   *     has received
   * @throws VerificationUnavailableException if the verifier cannot decide now; the caller responds
   *     with status 503
   */
  default Verification verify(RawToken token, ChangeFeed.Position noOlderThan) {
    return verify(token);
  }

  /**
   * Verifies one token by reading the store, without the cache of this verifier. A remote verifier
   * asks the service, which may use its own cache. Use this method for operations that must find
   * every existing token, for example a revocation. This method does not check whether the owner of
   * a personal token is still present. A verifier that caches facts or checks owners must override
   * this method.
   *
   * @throws VerificationUnavailableException if the store cannot be read now; the caller responds
   *     with status 503
   */
  default Verification verifyInStore(RawToken token) {
    return verify(token);
  }
}
