package io.accesstokens.store.schema;

import static io.accesstokens.store.Samples.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.Samples;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.hibernate.TestPools;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.jdbc.DatabaseErrorMessages;
import io.accesstokens.store.jdbc.DatabaseRefusedException;
import io.accesstokens.testing.server.DatabaseServer;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class PostgresMigrationsIT extends MigrationsContract {

  private static final String INCOMPLETE =
      "select indexrelid::regclass::text from pg_index where not indisvalid";

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

  /**
   * An open transaction makes the first migration wait. The test ends it there, so it leaves an
   * incomplete index. A second migration repeats it.
   */
  @Test
  void changesOfTokensDoNotWaitForIndexes() throws Exception {
    TestDatabase database = newDatabase();
    try (ConnectionPool pool = TestPools.open(database, 5);
        ConnectionPool starting = TestPools.open(database, 5);
        HibernateTokenStore store = new HibernateTokenStore(pool);
        Connection reader = database.connect();
        Statement statement = reader.createStatement()) {
      Migrations.migrate(pool);
      forget(pool, "version = '449.1' or version = '450'");
      sql(pool).execute("drop index service_access_tokens_status_last_used");
      reader.setAutoCommit(false);
      reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      statement.execute("select count(*) from service_access_tokens");

      Future<?> interrupted = migrating(starting);
      long creating = awaitWaiting(pool, "create index concurrently");
      revokeOne(store);
      sql(pool).execute("select pg_terminate_backend(" + creating + ")");
      assertThrows(ExecutionException.class, () -> interrupted.get(1, TimeUnit.MINUTES));
      assertEquals(List.of("service_access_tokens_status_last_used"), sql(pool).texts(INCOMPLETE));

      // An incomplete index of the operator stays.
      revokeOne(store);
      assertThrows(
          SQLException.class,
          () ->
              sql(pool)
                  .execute(
                      "create unique index concurrently service_access_tokens_own"
                          + " on service_access_tokens ((1))"));
      forget(pool, "version = '449'");
      Future<?> repeated = migrating(starting);
      awaitWaiting(pool, "drop index concurrently");
      revokeOne(store);
      reader.commit();
      repeated.get(1, TimeUnit.MINUTES);
      assertEquals(List.of("service_access_tokens_own"), sql(pool).texts(INCOMPLETE));
      assertEquals(List.of(), Migrations.pending(pool));
    }
  }

  private static void forget(ConnectionPool pool, String condition) throws SQLException {
    sql(pool).execute("delete from " + Migrations.HISTORY_TABLE + " where " + condition);
  }

  private static Future<?> migrating(ConnectionPool pool) {
    FutureTask<?> migration = new FutureTask<>(() -> Migrations.migrate(pool));
    Thread thread = new Thread(migration);
    thread.setDaemon(true);
    thread.start();
    return migration;
  }

  private static void revokeOne(HibernateTokenStore store) {
    UUID id = Samples.put(store, Samples.token("ci-" + UUID.randomUUID())).id();
    assertEquals(Revocation.DONE, Samples.revoke(store, id, NOON));
  }

  /** Waits until a statement waits for a lock, and returns the id of its process. */
  private static long awaitWaiting(ConnectionPool pool, String text) {
    String query =
        "select coalesce(max(pid), 0) from pg_stat_activity where wait_event_type = 'Lock' and"
            + " datname = current_database() and query like '%%%s%%'".formatted(text);
    return Awaitility.await().until(() -> sql(pool).number(query), pid -> pid != 0);
  }

  /** If the tables counted as absent, an import would not compare the tokens. */
  @Test
  void missingPrivilegeDoesNotMeanThatTheTablesAreAbsent() throws Exception {
    TestDatabase database = newDatabase();
    try (ConnectionPool pool = TestPools.open(database, 3)) {
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
