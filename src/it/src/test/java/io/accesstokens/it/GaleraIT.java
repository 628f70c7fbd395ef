package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;

import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.GaleraCluster;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests two processes, each connected to another server of one Galera cluster. */
class GaleraIT {

  private static final int ROUNDS = 10;
  private static final int PARALLEL = 4;

  private static WarProcess replica(TestDatabase database) {
    return WarProcess.inNewFolder()
        .withDatabase(database)
        .withEnvironment("ACCESSTOKENS_CLUSTER_REPLICAS", "many");
  }

  @Test
  void changesAtOneNodeTakeEffectAtTheOther() throws Exception {
    try (GaleraCluster cluster = new GaleraCluster();
        RunningApplication one = RunningApplication.start(replica(cluster.databases().get(0)));
        RunningApplication two = RunningApplication.start(replica(cluster.databases().get(1)))) {
      for (int i = 0; i < ROUNDS; i++) {
        createdAndRevoked(i % 2 == 0 ? one : two, i % 2 == 0 ? two : one);
      }
      atBothAtOnce(one, two);
    }
  }

  private static void createdAndRevoked(RunningApplication here, RunningApplication there) {
    ServiceTokens tokens = new ServiceTokens(here.api().as("alice"));
    TestToken made = tokens.create();
    there.api().bearer(made.rawToken()).get(WHOAMI).ok();
    here.api().bearer(made.rawToken()).get(WHOAMI).ok();
    tokens.revoke(made.id());
    there.api().bearer(made.rawToken()).get(WHOAMI).problem(401);
    here.api().bearer(made.rawToken()).get(WHOAMI).problem(401);
    new ServiceTokens(there.api().as("alice")).tryRevoke(made.id()).problem(409);
  }

  /**
   * Asserts that concurrent revocations on both servers succeed. The cluster rejects one of two
   * concurrent updates of the counter, and that change is repeated.
   */
  private static void atBothAtOnce(RunningApplication one, RunningApplication two)
      throws Exception {
    List<ServiceTokens> callers =
        List.of(new ServiceTokens(one.api().as("alice")), new ServiceTokens(two.api().as("alice")));
    List<TestToken> made = new ArrayList<>();
    for (int i = 0; i < PARALLEL; i++) {
      made.add(callers.get(i % 2).create());
      two.api().bearer(made.get(i).rawToken()).get(WHOAMI).ok();
      one.api().bearer(made.get(i).rawToken()).get(WHOAMI).ok();
    }
    Race.of(PARALLEL, i -> callers.get(i % 2).tryRevoke(made.get(i).id()))
        .assertSuccesses(204, PARALLEL);
    for (TestToken dead : made) {
      one.api().bearer(dead.rawToken()).get(WHOAMI).problem(401);
      two.api().bearer(dead.rawToken()).get(WHOAMI).problem(401);
    }
  }
}
