package io.accesstokens.app.settings.storage;

import io.accesstokens.app.settings.source.Setting;
import java.util.Optional;

/** The settings of replicas that share a database. */
public interface ClusterSettings {

  /**
   * Returns the number of replicas: {@code single} or {@code many}. If absent, the value is {@code
   * single} for H2 and in-memory storage, and {@code many} for all other databases.
   */
  Optional<Replicas> replicas();

  /**
   * Returns the length of a lease, in milliseconds. After a read of the change feed, a replica may
   * use its cached verdicts for this time.
   */
  @Setting(byDefault = "500", min = 100, max = 60_000)
  int leaseMillis();

  /**
   * Returns the treatment of cached verdicts if the lease has ended and the store is unavailable.
   */
  @Setting(byDefault = "refuse")
  OnStoreOutage onStoreOutage();

  /**
   * Returns the time for which cached verdicts are served after the lease has ended, in seconds.
   * This setting applies only to {@link OnStoreOutage#SERVE_CACHED}. Even without an outage, this
   * time prolongs the wait of each revocation.
   */
  @Setting(byDefault = "30", min = 1, max = 3_600)
  int serveCachedSeconds();

  /** The number of processes that serve one database at the same time. */
  enum Replicas {
    /** One process serves the database. */
    SINGLE,
    /** Several processes can serve the database. */
    MANY
  }

  /** The treatment of cached verdicts after the lease has ended, while the store is unavailable. */
  enum OnStoreOutage {
    /** Cached verdicts are not used. The response is 503. */
    REFUSE,
    /** Cached verdicts are used for a limited time. */
    SERVE_CACHED
  }
}
