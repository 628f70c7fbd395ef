package io.accesstokens.faults;

/**
 * What a run has seen of the transparency log. Safe for use by many threads.
 *
 * <p>A delay is the time from the response to a change until a client had read a checkpoint that
 * covers its event.
 */
final class LogFindings {

  private final Latencies undisturbed = new Latencies();
  private final Latencies disturbed = new Latencies();
  private volatile int entries;
  private volatile int checkpoints;
  private volatile long completedAfter;

  /** Records the delay of a change, and whether a replica had a fault meanwhile. */
  void covered(long nanos, boolean withoutFault) {
    (withoutFault ? undisturbed : disturbed).add(nanos);
  }

  /** Records the number of entries, and of checkpoints, that were verified. */
  void verified(int ofEntries, int ofCheckpoints) {
    entries = ofEntries;
    checkpoints = ofCheckpoints;
  }

  /** Records the time from the end of the clients and faults until the log was complete. */
  void completed(long nanos) {
    completedAfter = nanos;
  }

  /** Returns the delays while no replica had a fault. */
  Latencies undisturbed() {
    return undisturbed;
  }

  /** Returns the delays while a replica had a fault. */
  Latencies disturbed() {
    return disturbed;
  }

  int entries() {
    return entries;
  }

  int checkpoints() {
    return checkpoints;
  }

  long completedAfter() {
    return completedAfter;
  }
}
