package io.accesstokens.store.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.Samples;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.testing.program.ServerPrograms;
import io.accesstokens.testing.server.DatabaseServer;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MariaDbMigrationsIT extends MigrationsContract {

  /** A text with a line that looks like the definition of the column {@code seq}. */
  private static final String TEXT = "text\n  `seq` nextval(`other`.";

  @Override
  TestDatabase newDatabase() {
    return MariaDbServer.shared().newDatabase();
  }

  @Override
  DatabaseServer createServer() {
    return MariaDbServer.create();
  }

  @Override
  String schema() {
    return "database()";
  }

  @Test
  void documentedBackupIsRestoredIntoADatabaseWithAnotherName(@TempDir Path folder)
      throws Exception {
    TestDatabase original = newDatabase();
    TestDatabase copy = newDatabase();
    Files.writeString(
        folder.resolve(".my.cnf"),
        "[client]%nhost=127.0.0.1%nport=%d%nuser=%s%npassword=%s%n"
            .formatted(MariaDbServer.shared().port(), original.user(), original.password()));
    try (ConnectionPool originalPool = pool(original);
        ConnectionPool copyPool = pool(copy)) {
      Migrations.migrate(originalPool);
      try (HibernateTokenStore store = new HibernateTokenStore(originalPool)) {
        Samples.put(store, Samples.token("ci"));
      }
      sql(originalPool).execute("update service_access_tokens set description = '" + TEXT + "'");

      run(folder, "backup", original);
      run(folder, "restore", copy);

      assertEquals(description(originalPool, schema()), description(copyPool, schema()));
      assertEquals(List.of(), Migrations.migrate(copyPool));
      assertEquals(
          1,
          sql(copyPool)
              .number(
                  "select count(*) from service_access_tokens where description = '" + TEXT + "'"));
      String newest = "select max(seq) from service_access_token_audit_log";
      long before = sql(copyPool).number(newest);
      try (HibernateTokenStore store = new HibernateTokenStore(copyPool)) {
        Samples.put(store, Samples.token("other"));
      }
      assertTrue(sql(copyPool).number(newest) > before, "the new event has a greater number");
    }
  }

  private static ConnectionPool pool(TestDatabase database) {
    return ConnectionPool.open(database.url(), database.user(), database.password(), 3);
  }

  /** Runs the documented commands with a database. The home directory has the client's settings. */
  private static void run(Path folder, String name, TestDatabase database) throws IOException {
    Matcher commands =
        Pattern.compile("<!-- mariadb " + name + ": .*? -->\\s*```bash\\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("src/docs/replicas-and-revocation.md")));
    assertTrue(commands.find(), "the page has no command");
    String schema = database.url().substring(database.url().lastIndexOf('/') + 1);
    ServerPrograms.run(
        List.of(
            "sh",
            "-ec",
            "cd %1$s; export HOME=%1$s PATH=%2$s:$PATH; %3$s"
                .formatted(
                    folder,
                    ServerPrograms.mariadbDump().getParent(),
                    commands.group(1).replace("access_tokens", schema))));
  }
}
