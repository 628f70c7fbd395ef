package io.accesstokens.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Tests that revocation is final and no valid token is rejected under faults: replicas are stopped,
 * killed, cut off from the database, or have a wrong clock.
 *
 * <p>The run is short in the build. The system properties of {@link RunSettings} make it longer.
 */
class FaultRunIT {

  private final RunSettings settings = RunSettings.fromSystemProperties();
  private final FaultRun run = new FaultRun(settings, List.of(ReplicaFault.values()));

  @Test
  void revocationIsFinalWhileReplicasAreDisturbed() throws Exception {
    try (ReplicaGroup replicas = ReplicaGroup.start(settings.database().create())) {
      run.run(
          replicas,
          manager -> Disturbances.start(replicas.all(), manager, run.findings(), settings.seed()));
      for (ReplicaProcess replica : replicas.all()) {
        assertTrue(replica.network().forwarded() > 0, "a replica went round its network");
      }
    }
    run.publish("report.md");
    run.judge();
  }
}
