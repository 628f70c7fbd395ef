package io.accesstokens.verify;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Finds out what is known of raw tokens, by I/O. Safe for use by many threads. */
@FunctionalInterface
public interface TokenLookup {

  /**
   * Reads what is known now, never what was known before the call.
   *
   * @return empty if there is no such token
   * @throws VerificationUnavailableException if it cannot be found out now
   */
  Optional<TokenFacts> find(RawToken token);

  /**
   * The same of several tokens, for those who ask while others are being read.
   *
   * @param tokens {@link #mostAtOnce} at most
   * @return what is known of those that there are, by their digests
   * @throws VerificationUnavailableException if it cannot be found out now
   */
  default Map<TokenDigest, TokenFacts> findAll(Collection<RawToken> tokens) {
    Map<TokenDigest, TokenFacts> found = new HashMap<>();
    tokens.forEach(token -> find(token).ifPresent(facts -> found.put(token.digest(), facts)));
    return found;
  }

  /** How many tokens can be read together for little more than the price of one. */
  default int mostAtOnce() {
    return 1;
  }
}
