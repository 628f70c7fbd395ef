package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.host.Outcome;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Tests the start with a MariaDB server: its account, existing schema and missing schema. */
class MariaDbStartIT {

  /** The name of the database and of the account that the page creates, in this test. */
  private static final String DOCUMENTED = "documented";

  private final TestDatabase database = MariaDbServer.shared().newDatabase();

  @Test
  void wrongPasswordIsReportedWithoutRepeatingIt() throws Exception {
    WarProcess call =
        WarProcess.inNewFolder()
            .with("--port", "" + RunningApplication.freePort())
            .withDatabase(database.url(), database.user(), "s3cret-but-wrong");
    CommandLineIT.refuses(call.run(""), 1, "");
  }

  @Test
  void documentedPrivilegesAreEnough() throws Exception {
    Matcher sql =
        Pattern.compile("<!-- mariadb: .*? -->\\s*```sql\\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("src/docs/run-on-mariadb.md")));
    assertTrue(sql.find(), "the page has no SQL");
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("drop database if exists " + DOCUMENTED);
      statement.execute("drop user if exists " + DOCUMENTED + "@'127.0.0.1'");
      String here = sql.group(1).replace("'%'", "'127.0.0.1'").replace("access_tokens", DOCUMENTED);
      for (String line : here.lines().filter(text -> !text.isBlank()).toList()) {
        statement.execute(line);
      }
    }
    String url = database.url().substring(0, database.url().lastIndexOf('/') + 1) + DOCUMENTED;
    WarProcess call = WarProcess.inNewFolder().withDatabase(url, DOCUMENTED, "CHANGE-ME");
    try (RunningApplication application = RunningApplication.start(call)) {
      ServiceTokens tokens = new ServiceTokens(application.api().as("alice"));
      TestToken made = tokens.create();
      tokens.update(made.id(), "{\"requestsPerMinute\":10}");
      tokens.tryRotate(made.id(), "{}").expect(200);
      tokens.revoke(made.id());
    }
  }

  @Test
  void migratedDatabaseIsServed() throws Exception {
    WarProcess call =
        WarProcess.inNewFolder().withDatabase(database.url(), database.user(), database.password());
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
