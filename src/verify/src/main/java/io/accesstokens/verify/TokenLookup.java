package io.accesstokens.verify;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads the facts of raw tokens by I/O. Implementations are safe for use by many threads. */
@FunctionalInterface
public interface TokenLookup {

  /**
   * Reads the facts of a token as they are now, never as they were before the call.
   *
   * @return empty if there is no such token
   * @throws VerificationUnavailableException if the facts cannot be read now
   */
  Optional<TokenFacts> find(RawToken token);

  /**
   * Reads the facts of several tokens together. Requests that arrive while other reads are under
   * way are batched this way.
   *
   * @param tokens at most {@link #mostAtOnce} tokens
   * @return the facts of the tokens that exist, by digest
   * @throws VerificationUnavailableException if the facts cannot be read now
   */
  default Map<TokenDigest, TokenFacts> findAll(Collection<RawToken> tokens) {
    Map<TokenDigest, TokenFacts> found = new HashMap<>();
    tokens.forEach(token -> find(token).ifPresent(facts -> found.put(token.digest(), facts)));
    return found;
  }

  /** Returns how many tokens can be read together for little more than the cost of one. */
  default int mostAtOnce() {
    return 1;
  }
}
