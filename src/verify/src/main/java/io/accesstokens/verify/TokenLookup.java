package io.accesstokens.verify;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the facts of raw tokens from a store or over the network. Implementations are thread-safe.
 */
@FunctionalInterface
public interface TokenLookup {

  /**
   * Reads the current facts of a token. The facts include all changes that this process has
   * received from the change feed before the call.
   *
   * @return the facts; empty if there is no such token
   * @throws VerificationUnavailableException if the facts cannot be read now
   */
  Optional<TokenFacts> find(RawToken token);

  /**
   * Reads the facts of several tokens together. This method is used for tokens that waited while
   * the maximum number of reads was running. The default implementation reads the tokens one by
   * one.
   *
   * @param tokens at most {@link #maxConcurrent} tokens
   * @return the facts of the tokens that exist, by digest
   * @throws VerificationUnavailableException if the facts cannot be read now
   */
  default Map<TokenDigest, TokenFacts> findAll(Collection<RawToken> tokens) {
    Map<TokenDigest, TokenFacts> found = new HashMap<>();
    tokens.forEach(token -> find(token).ifPresent(facts -> found.put(token.digest(), facts)));
    return found;
  }

  /**
   * Returns the maximum number of tokens for one call of {@link #findAll}. A call with this number
   * of tokens should cost little more than a read of one token. The default is 1.
   */
  default int maxConcurrent() {
    return 1;
  }
}
