package io.accesstokens.verify;

/** A process that verifies tokens of a {@link SimulatedStore}. */
interface SimulatedNode {

  /** Returns true if the token is accepted. */
  boolean accepts(RawToken token);

  /** Polls the feed once. */
  void poll();

  /** Evicts a token from the cache. */
  void evict(TokenDigest digest);
}
