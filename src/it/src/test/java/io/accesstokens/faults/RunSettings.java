package io.accesstokens.faults;

import java.time.Duration;

/**
 * The length of a run.
 *
 * @param seconds the maximum duration
 * @param revocations the number of revocations after which the run ends; if it was set explicitly,
 *     the run must reach it
 * @param seed the seed of all random choices
 * @param p99Millis the bound of the 99th percentile of revocations at undisturbed replicas
 */
record RunSettings(int seconds, int revocations, long seed, int p99Millis) {

  /** The default of {@code accessTokens.cluster.leaseMillis}. */
  static final int LEASE_MILLIS = 500;

  /** Allowed duration of a revocation beyond the lease. */
  static final int MARGIN_MILLIS = 150;

  private static final int SHORT_SECONDS = 45;

  /** A short run shares the machine with the build, and has few revocations to rank. */
  private static final int SHORT_P99_MILLIS = LEASE_MILLIS + 1_500;

  /**
   * Reads the system properties {@code faults.seconds}, {@code faults.revocations}, {@code
   * faults.seed} and {@code faults.p99Millis}. Without them, the run is short.
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

  /** Returns true if a number of revocations was set explicitly. */
  boolean wantsRevocations() {
    return revocations < Integer.MAX_VALUE;
  }
}
