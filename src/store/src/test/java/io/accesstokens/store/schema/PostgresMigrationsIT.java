package io.accesstokens.store.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.jdbc.DatabaseErrorMessages;
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
