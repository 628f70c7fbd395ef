package io.accesstokens.faults;

import io.accesstokens.testing.server.DatabaseServer;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.PostgresServer;
import java.time.Duration;
import java.util.Locale;

/**
 * The database and the length of a run.
 *
 * @param database the kind of the database server
 * @param seconds the maximum duration
 * @param revocations the number of revocations after which the run ends; if it was set explicitly,
 *     the run must reach it
 * @param seed the seed of all random choices
 * @param p90Millis the bound of the 90th percentile of revocations at undisturbed replicas
 * @param p99Millis the bound of the 99th percentile of the same revocations
 * @param logMillis the bound of the time from a response until the event is in the transparency
 *     log, without a fault
 */
record RunSettings(
    ServerKind database,
    int seconds,
    int revocations,
    long seed,
    int p90Millis,
    int p99Millis,
    int logMillis) {

  /** The database servers that a run can use. */
  enum ServerKind {
    MARIADB("MariaDB"),
    POSTGRESQL("PostgreSQL " + PostgresServer.VERSION);

    private final String title;

    ServerKind(String title) {
      this.title = title;
    }

    /** Creates a server without starting it. */
    DatabaseServer create() {
      return switch (this) {
        case MARIADB -> MariaDbServer.create();
        case POSTGRESQL -> PostgresServer.create();
      };
    }

    @Override
    public String toString() {
      return title;
    }
  }

  /** The default of {@code accessTokens.cluster.leaseMillis}. */
  static final int LEASE_MILLIS = 500;

  /** Allowed duration of a revocation beyond the lease. */
  static final int MARGIN_MILLIS = 150;

  private static final int SHORT_SECONDS = 45;
  private static final int FAILOVER_SECONDS = 3_600;
  private static final int MANY_REVOCATIONS = 500;

  /** The lease and 1.5 seconds, because a short run shares the machine with the build. */
  private static final int SHORT_P90_MILLIS = LEASE_MILLIS + 1_500;

  /**
   * The 99th percentile of the few revocations of a short run is its slowest one. In the build,
   * other processes can stop each process of the run for seconds.
   */
  private static final int SHORT_P99_MILLIS = 10_000;

  /** Five times the promised delay of the transparency log, for the same reason. */
  private static final int SHORT_LOG_MILLIS = 10_000;

  /**
   * Reads the system properties {@code faults.database}, {@code faults.seconds}, {@code
   * faults.revocations}, {@code faults.seed}, {@code faults.p90Millis}, {@code faults.p99Millis}
   * and {@code faults.logMillis}. Without them, the run is short.
   */
  static RunSettings fromSystemProperties() {
    return new RunSettings(
        ServerKind.valueOf(
            System.getProperty("faults.database", "mariadb").toUpperCase(Locale.ROOT)),
        Integer.getInteger("faults.seconds", SHORT_SECONDS),
        Integer.getInteger("faults.revocations", Integer.MAX_VALUE),
        Long.getLong("faults.seed", System.nanoTime() & 0xffff_ffffL),
        Integer.getInteger("faults.p90Millis", SHORT_P90_MILLIS),
        Integer.getInteger("faults.p99Millis", SHORT_P99_MILLIS),
        Integer.getInteger("faults.logMillis", SHORT_LOG_MILLIS));
  }

  /** Reads the same system properties for a run with failovers, which has other defaults. */
  static RunSettings forFailovers() {
    RunSettings settings = fromSystemProperties();
    return new RunSettings(
        ServerKind.POSTGRESQL,
        Integer.getInteger("faults.seconds", FAILOVER_SECONDS),
        Integer.getInteger("faults.revocations", MANY_REVOCATIONS),
        settings.seed(),
        settings.p90Millis(),
        settings.p99Millis(),
        settings.logMillis());
  }

  /** Returns true if a run with failovers has enough of each fault for a distribution. */
  boolean isLong() {
    return revocations >= MANY_REVOCATIONS;
  }

  Duration duration() {
    return Duration.ofSeconds(seconds);
  }

  /** Returns true if a number of revocations was set explicitly. */
  boolean wantsRevocations() {
    return revocations < Integer.MAX_VALUE;
  }
}
