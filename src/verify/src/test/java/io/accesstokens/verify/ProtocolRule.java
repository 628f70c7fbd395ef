package io.accesstokens.verify;

/** The rules of final revocation, each of which can be left out in a {@link SketchedNode}. */
enum ProtocolRule {
  CHECK_THE_LEASE(5),
  LEASE_BEFORE_VERDICT(7754),
  COUNT_FROM_BEFORE_THE_POLL(68),
  EVICT_BEFORE_RENEWING(2544),
  KEEP_A_PLACE_FOR_A_LOAD(15),
  NUMBERS_UNDER_THE_COUNTERS_LOCK(20),
  EVICT_AFTER_THE_COMMIT(10),
  CUT_PAGES_RENEW_NOTHING(204),
  REPEATED_REVOKES_WAIT(102),
  NO_FEED_FROM_MEMORY(10);

  private final long witness;

  ProtocolRule(long witness) {
    this.witness = witness;
  }

  /** The seed of the first schedule in which a token gets through without the rule. */
  long witness() {
    return witness;
  }
}
