package io.accesstokens.it;

import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.testing.server.WarProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Tests the start with a MariaDB server: its account, existing schema and missing schema. */
class MariaDbStartIT extends StartContract {

  /** The name of the database and of the account that the page creates, in this test. */
  private static final String DOCUMENTED = "documented";

  MariaDbStartIT() {
    super(MariaDbServer.shared().newDatabase());
  }

  @Test
  void documentedPrivilegesAreEnough() throws Exception {
    String documented =
        CodeBlocks.matching(Path.of("src/docs/run-on-mariadb.md"), "mariadb: .*?", "sql");
    Sql sql = database.sql();
    sql.execute("drop database if exists " + DOCUMENTED);
    sql.execute("drop user if exists " + DOCUMENTED + "@'127.0.0.1'");
    String here = documented.replace("'%'", "'127.0.0.1'").replace("access_tokens", DOCUMENTED);
    for (String line : here.lines().filter(text -> !text.isBlank()).toList()) {
      sql.execute(line);
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
}
