package io.accesstokens.faults;

import io.accesstokens.testing.server.PatroniCluster;
import java.sql.Connection;
import org.junit.jupiter.api.Test;

/**
 * Tests a failover of PostgreSQL: revocations stay final, no confirmed change is lost, and the
 * service recovers by itself. Patroni controls two servers with synchronous replication.
 *
 * <p>The run is too long for the build. {@code src/bench/high-availability} starts it.
 */
class FailoverRunIT {

  private final RunSettings settings = RunSettings.forFailovers();
  private final FaultRun run = new FaultRun(settings, Failovers.faults(settings));

  @Test
  void revocationIsFinalWhileThePrimaryServerChanges() throws Exception {
    PatroniCluster cluster = new PatroniCluster();
    try (ReplicaGroup replicas = ReplicaGroup.start(cluster)) {
      run.run(
          replicas,
          manager -> Failovers.start(cluster, replicas.all(), manager, run.findings(), settings));
      try (Connection connection = cluster.database().connect()) {
        for (String change : run.findings().ledger().missing(connection)) {
          run.findings()
              .violated(new InvariantViolation(InvariantViolation.Kind.LOST_CHANGE, change));
        }
      }
    }
    run.publish("failovers.md");
    run.judge();
  }
}
