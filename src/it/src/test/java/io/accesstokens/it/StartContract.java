package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.host.Outcome;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import org.junit.jupiter.api.Test;

/** Tests the start with a database server: wrong password and existing schema. */
abstract class StartContract {

  final TestDatabase database;

  StartContract(TestDatabase database) {
    this.database = database;
  }

  @Test
  void wrongPasswordIsReportedWithoutRepeatingIt() throws Exception {
    WarProcess call =
        WarProcess.inNewFolder()
            .with("--port", "" + RunningApplication.freePort())
            .withDatabase(database.url(), database.user(), "s3cret-but-wrong");
    CommandLineIT.refuses(call.run(""), 1, "");
  }

  @Test
  void migratedDatabaseIsServed() throws Exception {
    WarProcess call = WarProcess.inNewFolder().withDatabase(database);
    Outcome dry = call.with("migrate", "--dry-run").run("");
    Outcome applied = call.with("migrate").run("");
    Outcome again = call.with("migrate").run("");
    for (Outcome outcome : new Outcome[] {dry, applied, again}) {
      assertEquals(0, outcome.exitCode(), outcome::toString);
    }
    assertNotEquals(applied.out(), again.out());
    try (RunningApplication application = RunningApplication.start(call)) {
      new ServiceTokens(application.api().as("alice")).create();
    }
  }
}
