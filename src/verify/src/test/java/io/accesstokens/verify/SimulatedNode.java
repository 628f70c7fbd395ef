package io.accesstokens.verify;

/** A process that checks tokens of a {@link SimulatedStore}. */
interface SimulatedNode {

  /** Whether a token is accepted. */
  boolean accepts(RawToken token);

  /** Looks at the feed once. */
  void poll();

  /** Forgets a token. */
  void evict(TokenDigest digest);
}
