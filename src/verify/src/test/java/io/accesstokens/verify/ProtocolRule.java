package io.accesstokens.verify;

/** The rules of final revocation. A {@link SketchedNode} can omit each of them. */
enum ProtocolRule {
  CHECK_THE_LEASE(5),
  LEASE_BEFORE_VERDICT(7754),
  COUNT_FROM_BEFORE_THE_POLL(68),
  EVICT_BEFORE_RENEWING(2544),
  RESERVE_AN_ENTRY_FOR_A_LOAD(15),
  NUMBERS_UNDER_THE_COUNTERS_LOCK(20),
  EVICT_AFTER_THE_COMMIT(10),
  CUT_PAGES_RENEW_NOTHING(204),
  REPEATED_REVOKES_WAIT(102),
  NO_FEED_FROM_MEMORY(10);

  private final long witness;

  ProtocolRule(long witness) {
    this.witness = witness;
  }

  /**
   * Returns the seed of a schedule in which a revoked token is accepted without the rule; it is the
   * smallest such seed.
   */
  long witness() {
    return witness;
  }
}
