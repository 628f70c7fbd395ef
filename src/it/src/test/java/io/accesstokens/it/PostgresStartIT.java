package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Tests the start with a PostgreSQL server: wrong password, existing schema and missing schema. */
class PostgresStartIT extends StartContract {

  PostgresStartIT() {
    super(PostgresServer.shared().newDatabase());
  }

  @Test
  void startThatWaitsForAnotherMigrationCanBeStopped() throws Exception {
    WarProcess call = WarProcess.inNewFolder().fromWar().withDatabase(database);
    Path log = call.file("log.txt", "");
    try (Connection other = database.connect();
        Statement statement = other.createStatement()) {
      statement.execute(
          "select pg_advisory_lock("
              + "hashtextextended('access_tokens ' || coalesce(current_schema(), ''), 0))");
      Process process = call.start(RunningApplication.freePort(), log);
      try {
        Awaitility.await()
            .atMost(Duration.ofMinutes(1))
            .until(
                () -> {
                  try (ResultSet waiting =
                      statement.executeQuery(
                          "select 1 from pg_stat_activity a where query like"
                              + " '%pg_try_advisory_lock%' and pid <> pg_backend_pid()"
                              + " and datname = current_database() and not exists"
                              + " (select 1 from pg_locks l where l.locktype = 'advisory'"
                              + " and l.granted and l.pid = a.pid)")) {
                    return waiting.next();
                  }
                });
        process.destroy();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the process runs on");
        assertFalse(Files.readString(log).contains("\tat "), () -> "a stack trace in " + log);
      } finally {
        process.destroyForcibly();
      }
    }
    try (var left = Files.list(call.temporaryDirectory())) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void refusedWriteIsReportedInOneLine() throws Exception {
    WarProcess call = WarProcess.inNewFolder().withDatabase(database);
    assertEquals(0, call.with("migrate").run("").exitCode());
    try (Connection owner = database.connect();
        Statement statement = owner.createStatement()) {
      statement.execute("revoke insert, update, delete on all tables in schema public from owner");
      WarProcess server = call.with("--port", "" + RunningApplication.freePort());
      CommandLineIT.refuses(server.run(""), 1, "the user of the database lacks a privilege");
      statement.execute("grant insert, update, delete on all tables in schema public to owner");
      statement.execute(
          "alter role owner in database "
              + owner.getCatalog()
              + " set default_transaction_read_only = on");
      CommandLineIT.refuses(server.run(""), 1, "the database is read-only");
    }
  }
}
