package io.accesstokens.faults;

import java.time.Duration;

/** Waits until a replica responds again after a fault. */
final class Recovery {

  /** Maximum time from the end of a fault until a replica responds again. */
  static final Duration BOUND = Duration.ofSeconds(10);

  private static final Duration HOPELESS = Duration.ofSeconds(60);
  private static final int IN_A_ROW = 3;

  private Recovery() {}

  /**
   * Sends requests until the replica has responded to three requests in a row. Reports a violation
   * if the recovery takes too long. The recovery begins again when the machine was stopped.
   *
   * @param probe a valid raw token
   * @return the duration in nanoseconds
   * @throws AssertionError if the replica never responds
   */
  static long await(ReplicaProcess replica, String probe, Fault fault, Findings findings)
      throws InterruptedException {
    Verifier verifier = replica.verifier();
    TrackedToken token = new TrackedToken("probe", probe);
    long begin = System.nanoTime();
    int answered = 0;
    while (answered < IN_A_ROW) {
      Check check = verifier.verify(probe);
      findings.checked(token, check);
      answered = check.verdict() == Verdict.ACCEPTED && replica.isReady() ? answered + 1 : 0;
      if (replica.condition().nanosSince(begin) > HOPELESS.toNanos()
          || System.nanoTime() - begin > 5 * HOPELESS.toNanos()) {
        throw new AssertionError(replica.name() + " does not recover from: " + fault);
      }
      Thread.sleep(20);
    }
    long took = replica.condition().nanosSince(begin);
    if (took > BOUND.toNanos()) {
      findings.violated(
          new InvariantViolation(
              InvariantViolation.Kind.NOT_RECOVERED,
              "%s took %d ms after: %s"
                  .formatted(replica.name(), Duration.ofNanos(took).toMillis(), fault)));
    }
    return took;
  }
}
