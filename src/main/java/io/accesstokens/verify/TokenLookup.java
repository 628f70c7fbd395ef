package io.accesstokens.verify;

import java.util.Optional;

/** Finds out what is known of a raw token, by I/O. Safe for use by many threads. */
@FunctionalInterface
public interface TokenLookup {

  /**
   * Reads what is known now, never what was known before the call.
   *
   * @return empty if there is no such token
   * @throws VerificationUnavailable if it cannot be found out now
   */
  Optional<TokenFacts> find(RawToken token);
}
