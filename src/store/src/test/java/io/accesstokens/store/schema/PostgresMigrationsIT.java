package io.accesstokens.store.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.jdbc.DatabaseErrorMessages;
import io.accesstokens.store.jdbc.DatabaseRefusedException;
import io.accesstokens.testing.server.DatabaseServer;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.TestDatabase;
import org.junit.jupiter.api.Test;

class PostgresMigrationsIT extends MigrationsContract {

  @Override
  TestDatabase newDatabase() {
    return PostgresServer.shared().newDatabase();
  }

  @Override
  DatabaseServer createServer() {
    return PostgresServer.create();
  }

  @Override
  String schema() {
    return "current_schema()";
  }

  /** In a new schema, there would be no tokens, so all valid tokens would get 401. */
  @Test
  void missingSchemaIsNotCreated() {
    TestDatabase database = newDatabase();
    String url = database.url() + (database.url().contains("?") ? "&" : "?");
    try (ConnectionPool pool =
        ConnectionPool.open(
            url + "currentSchema=misspelled", database.user(), database.password(), 3)) {
      DatabaseRefusedException refused =
          assertThrows(DatabaseRefusedException.class, () -> Migrations.migrate(pool));
      assertTrue(
          String.valueOf(refused.getMessage()).contains("the schema does not exist"),
          refused::getMessage);
      assertThrows(DatabaseRefusedException.class, () -> Migrations.pending(pool), "a dry run");
    }
  }

  /** If the tables counted as absent, an import would not compare the tokens. */
  @Test
  void missingPrivilegeDoesNotMeanThatTheTablesAreAbsent() throws Exception {
    TestDatabase database = newDatabase();
    try (ConnectionPool pool =
        ConnectionPool.open(database.url(), database.user(), database.password(), 3)) {
      assertEquals(TokenTables.ABSENT, TokenTables.in(pool));
      Migrations.migrate(pool);
      assertEquals(TokenTables.OURS, TokenTables.in(pool));
      sql(pool).execute("revoke select on service_access_tokens from owner");
      IllegalStateException refused =
          assertThrows(IllegalStateException.class, () -> TokenTables.in(pool));
      String line = DatabaseErrorMessages.refusedWrite(refused).orElse("");
      assertTrue(line.contains("lacks a privilege"), line);
    }
  }
}
