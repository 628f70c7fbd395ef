package io.accesstokens.verify;

/** Decides whether a raw token is good now. Implementations are safe for use by many threads. */
@FunctionalInterface
public interface TokenCheck {

  /**
   * Checks one token.
   *
   * @return accepted or refused, never a guess
   * @throws VerificationUnavailable if it cannot be found out now; the caller answers 503
   */
  Verification check(RawToken token);
}
