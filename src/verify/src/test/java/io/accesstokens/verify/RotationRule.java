package io.accesstokens.verify;

/** The rules for changes of secrets. {@link SimulatedSecrets} can omit each of them. */
enum RotationRule {
  /** A change evicts the secrets that its transaction finds, not those that were read before. */
  SECRETS_OF_THE_TRANSACTION(334),
  /** A change also evicts secrets that ended just before, because that end may not be final yet. */
  SECRETS_THAT_ENDED_BEFORE(795),
  /** Each end of a secret has an entry in the feed. */
  ENDS_ARE_IN_THE_FEED(38),
  /** A rotation evicts the previous secret, whose facts get an earlier expiry. */
  ROTATION_CHANGES_THE_FORMER_SECRET(25),
  /** The facts of the previous secret expire at the end of its grace period. */
  PREVIOUS_SECRET_EXPIRES(1),
  /** The clock of the database decides when a secret expires. */
  DATABASE_TIME(2),
  /** Changes of one token run one after the other. */
  ONE_CHANGE_AT_A_TIME(1),
  /** A request to end a secret that was already ended waits until that end is final. */
  REPEATED_ENDS_WAIT(2997),
  /** A use ends the previous secret only if the used secret is still the current one. */
  FIRST_USE_OF_THE_CURRENT_SECRET(3525),
  /** The bearer of a previous secret ends this secret, and no later previous secret. */
  BEARERS_END_THEIR_OWN_SECRET(308);

  private final long witness;

  RotationRule(long witness) {
    this.witness = witness;
  }

  /** Returns the smallest seed of a schedule that reveals a mistake without the rule. */
  long witness() {
    return witness;
  }
}
