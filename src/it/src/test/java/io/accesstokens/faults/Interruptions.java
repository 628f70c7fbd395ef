package io.accesstokens.faults;

/**
 * How long the service was interrupted. An interruption is the longest time between two successful
 * requests to one replica during one fault.
 *
 * @param verifications the interruptions of verifications
 * @param changes the interruptions of changes
 */
record Interruptions(Latencies verifications, Latencies changes) {

  Interruptions() {
    this(new Latencies(), new Latencies());
  }
}
