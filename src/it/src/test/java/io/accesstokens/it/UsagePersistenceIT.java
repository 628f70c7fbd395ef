package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.client.ServiceTokens.path;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.Metrics;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests that usage counts survive the end of the process. */
class UsagePersistenceIT {

  private static final int USES = 50;

  /** Maximum time for which a use is only in memory. */
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  @Test
  void shutdownLosesNoUsageAndAKillAtMostAnInterval() throws Exception {
    TestToken live;
    TestToken dead;
    RunningApplication first =
        RunningApplication.start(WarProcess.inNewFolder().inSeparateProcess().withDataDirectory());
    try (first) {
      ServiceTokens alice = new ServiceTokens(first.api().as("alice"));
      live = alice.create();
      dead = alice.create();
      alice.revoke(dead.id());
      use(first, live, dead);
      first.stop();
    }
    RunningApplication second = first.restart();
    try (second) {
      assertEquals(USES, count(second, live, "accepted"));
      assertEquals(USES, count(second, dead, "refused"));
      use(second, live, dead);
      // The usage shows unwritten uses too. The metric shows whether they were written.
      TimeLimits.succeedsAfter(INTERVAL, "all uses are written", () -> unwritten(second) == 0);
      use(second, live, dead);
      second.kill();
    }
    try (RunningApplication third = second.restart()) {
      long accepted = count(third, live, "accepted");
      long refused = count(third, dead, "refused");
      assertTrue(accepted >= 2 * USES && accepted <= 3 * USES, "accepted " + accepted);
      assertTrue(refused >= 2 * USES && refused <= 3 * USES, "refused " + refused);
    }
  }

  private static double unwritten(RunningApplication application) {
    return Metrics.read(application.api().as("alice"))
        .value("access_tokens_queue_entries{queue=\"uses\"}");
  }

  private static void use(RunningApplication application, TestToken live, TestToken dead) {
    for (int i = 0; i < USES; i++) {
      application.api().bearer(live.rawToken()).get(WHOAMI).ok();
      application.api().bearer(dead.rawToken()).get(WHOAMI).problem(401);
    }
  }

  private static long count(RunningApplication application, TestToken made, String outcome) {
    JsonObject usage = application.api().as("bob").get(path(made.id()) + "/usage").ok();
    return usage.getJsonObject(outcome).getJsonNumber("count").longValue();
  }
}
