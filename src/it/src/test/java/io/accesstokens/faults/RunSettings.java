package io.accesstokens.faults;

import java.time.Duration;

/**
 * How long a run is.
 *
 * @param seconds after which it ends in any case
 * @param revocations after which it ends; a run that was asked for them must reach them
 * @param seed of every choice
 * @param p99Millis the bound of the 99th percentile of revocations at undisturbed replicas
 */
record RunSettings(int seconds, int revocations, long seed, int p99Millis) {

  /** The default of {@code accessTokens.cluster.leaseMillis}. */
  static final int LEASE_MILLIS = 500;

  /** What a revocation may take beyond the lease. */
  static final int MARGIN_MILLIS = 150;

  private static final int SHORT_SECONDS = 45;

  /** A short run has the build's other work beside it, and few revocations to rank. */
  private static final int SHORT_P99_MILLIS = LEASE_MILLIS + 1_500;

  /**
   * Reads the system properties {@code faults.seconds}, {@code faults.revocations}, {@code
   * faults.seed} and {@code faults.p99Millis}; without them the run is a short one.
   */
  static RunSettings fromSystemProperties() {
    return new RunSettings(
        Integer.getInteger("faults.seconds", SHORT_SECONDS),
        Integer.getInteger("faults.revocations", Integer.MAX_VALUE),
        Long.getLong("faults.seed", System.nanoTime() & 0xffff_ffffL),
        Integer.getInteger("faults.p99Millis", SHORT_P99_MILLIS));
  }

  Duration duration() {
    return Duration.ofSeconds(seconds);
  }

  /** Whether a number of revocations was asked for. */
  boolean wantsRevocations() {
    return revocations < Integer.MAX_VALUE;
  }
}
