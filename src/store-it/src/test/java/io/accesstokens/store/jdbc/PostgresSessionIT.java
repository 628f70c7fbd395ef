package io.accesstokens.store.jdbc;

import static io.accesstokens.store.Samples.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.Samples;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.testing.server.PgBouncer;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Tests sessions of PostgreSQL: the settings of a session, connections through a pooler, and
 * databases that are refused.
 */
class PostgresSessionIT {

  private final TestDatabase database = PostgresServer.shared().newDatabase();

  private static ConnectionPool open(TestDatabase database, String parameters) {
    return ConnectionPool.open(
        database.url() + parameters, database.user(), database.password(), 4);
  }

  private static String setting(ConnectionPool pool, String name) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select current_setting('" + name + "')")) {
      assertTrue(row.next(), name);
      return row.getString(1);
    }
  }

  @Test
  void serverEndsStatementsBeforeTheDriverDoes() throws SQLException {
    for (Map.Entry<String, List<String>> expected :
        Map.of(
                "", List.of("4s", "5000"),
                "?socketTimeout=30", List.of("29s", "30000"),
                "?ssl=false&socketTimeout=1", List.of("500ms", "1000"),
                "?socketTimeout=0", List.of("0", "0"))
            .entrySet()) {
      try (ConnectionPool pool = open(database, expected.getKey());
          Connection connection = pool.unpooled()) {
        List<String> seen =
            List.of(setting(pool, "statement_timeout"), "" + connection.getNetworkTimeout());
        assertEquals(expected.getValue(), seen, expected.getKey());
      }
    }
  }

  @Test
  void stoppedTransactionsAreEndedByTheServer() throws SQLException {
    try (ConnectionPool pool = open(database, "")) {
      assertEquals("1s", setting(pool, "idle_in_transaction_session_timeout"));
      assertEquals("2s", setting(pool, "lock_timeout"));
      assertEquals("warning", setting(pool, "client_min_messages"));
    }
  }

  @Test
  void slowReadsHaveOtherTimeouts() {
    SlowReads.assertTimeouts(
        database.url(),
        database.user(),
        database.password(),
        connection ->
            Statements.first(
                    connection,
                    "select current_setting('statement_timeout')",
                    row -> row.getString(1))
                .orElseThrow(),
        "4s",
        "2min");
  }

  /** PostgreSQL 17 introduced {@code transaction_timeout}. */
  @Test
  void timeoutsOfTheDatabaseDoNotApplyToMigrations() throws SQLException {
    String name = database.url().substring(database.url().lastIndexOf('/') + 1);
    Set<String> names = timeouts(database.connect()).keySet();
    assertEquals(
        Integer.parseInt(PostgresServer.VERSION) >= 17,
        names.contains("transaction_timeout"),
        names::toString);
    for (String timeout : names) {
      PostgresServer.shared().execute("alter database " + name + " set " + timeout + " = '90s'");
    }
    try (ConnectionPool pool =
        ConnectionPool.open(database.url(), database.user(), database.password(), 1)) {
      Map<String, String> before = timeouts(pool.getConnection());
      assertEquals("90000", before.get("idle_session_timeout"), before::toString);
      Map<String, String> removed = timeouts(new NoTimeoutDataSource(pool).getConnection());
      assertEquals(
          names.stream().collect(Collectors.toMap(Function.identity(), timeout -> "0")), removed);
      assertEquals(before, timeouts(pool.getConnection()), "after the migration");
    }
  }

  /** Returns the timeouts that this version of the server has, and closes the connection. */
  private static Map<String, String> timeouts(Connection connection) throws SQLException {
    Map<String, String> timeouts = new TreeMap<>();
    try (connection;
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select name, setting from pg_settings where name in ('statement_timeout',"
                    + " 'lock_timeout', 'idle_in_transaction_session_timeout',"
                    + " 'idle_session_timeout', 'transaction_timeout')")) {
      while (rows.next()) {
        timeouts.put(rows.getString(1), rows.getString(2));
      }
    }
    return timeouts;
  }

  @Test
  void poolerInTransactionModeIsRefused() {
    PostgresServer server = PostgresServer.shared();
    try (PgBouncer pooler = new PgBouncer("transaction", server, database);
        ConnectionPool pool = open(pooler.through(database, server), "")) {
      for (int i = 0; i < 3; i++) {
        DatabaseRefusedException refused =
            assertThrows(DatabaseRefusedException.class, () -> Migrations.migrate(pool));
        assertTrue(String.valueOf(refused.getMessage()).contains("PgBouncer"), refused::toString);
        assertThrows(DatabaseRefusedException.class, () -> new HibernateTokenStore(pool));
      }
    }
  }

  /**
   * The pooler uses its connections to the server in turn. Two consecutive statements of different
   * clients then never use the same connection.
   */
  @Test
  void poolerThatUsesItsSessionsInTurnIsRefused() throws SQLException {
    PostgresServer server = PostgresServer.shared();
    for (int sessions : List.of(2, 3)) {
      try (PgBouncer pooler =
              new PgBouncer("transaction", server, database, "server_round_robin = 1");
          ConnectionPool pool = open(pooler.through(database, server), "")) {
        useConcurrently(pool, sessions);
        DatabaseRefusedException refused =
            assertThrows(DatabaseRefusedException.class, () -> PostgresSession.requireUsable(pool));
        assertTrue(String.valueOf(refused.getMessage()).contains("PgBouncer"), refused::toString);
      }
    }
  }

  /** Runs a number of transactions at the same time, so that the pooler opens as many sessions. */
  private static void useConcurrently(ConnectionPool pool, int sessions) throws SQLException {
    List<Connection> open = new ArrayList<>();
    for (int i = 0; i < sessions; i++) {
      Connection connection = pool.unpooled();
      open.add(connection);
      connection.setAutoCommit(false);
      Statements.execute(connection, "select 1");
    }
    for (Connection connection : open) {
      connection.commit();
      connection.close();
    }
  }

  @Test
  void poolerInSessionModeIsUsable() {
    PostgresServer server = PostgresServer.shared();
    try (PgBouncer pooler = new PgBouncer("session", server, database);
        ConnectionPool pool = open(pooler.through(database, server), "")) {
      Migrations.migrate(pool);
      try (HibernateTokenStore store = new HibernateTokenStore(pool)) {
        ServiceToken token = Samples.put(store, Samples.token("ci"));
        assertEquals(Revocation.DONE, Samples.revoke(store, token.id(), NOON));
      }
    }
  }

  @Test
  void tablesAreInTheSchemaOfTheUrl() throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("create schema tokens");
    }
    try (ConnectionPool pool = open(database, "?currentSchema=tokens")) {
      Migrations.migrate(pool);
      try (HibernateTokenStore store = new HibernateTokenStore(pool)) {
        ServiceToken token = Samples.put(store, Samples.token("ci"));
        assertEquals(Revocation.DONE, Samples.revoke(store, token.id(), NOON));
      }
    }
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet tables =
            statement.executeQuery(
                "select count(*) from information_schema.tables where table_schema = 'public'")) {
      assertTrue(tables.next(), "a count");
      assertEquals(0, tables.getInt(1), "tables in the schema public");
    }
  }

  @Test
  void databaseWithAnotherEncodingIsRefused() {
    TestDatabase latin =
        PostgresServer.shared().newDatabase("template template0 encoding 'LATIN1' locale 'C'");
    try (ConnectionPool pool = open(latin, "")) {
      DatabaseRefusedException refused =
          assertThrows(DatabaseRefusedException.class, () -> Migrations.migrate(pool));
      assertEquals(
          "the database has the encoding LATIN1: create it with the encoding UTF8",
          refused.getMessage());
    }
  }

  @Test
  void missingDatabaseAndWrongPasswordAreReported() {
    DatabaseRefusedException missing =
        assertThrows(
            DatabaseRefusedException.class,
            () ->
                ConnectionPool.open(
                    database.url() + "_of_nobody", database.user(), database.password(), 1));
    assertEquals(
        "the database cannot be opened: there is no database of that name", missing.getMessage());
    DatabaseRefusedException wrong =
        assertThrows(
            DatabaseRefusedException.class,
            () -> ConnectionPool.open(database.url(), database.user(), "not-it", 1));
    assertEquals("the database cannot be opened: user or password is wrong", wrong.getMessage());
  }

  /** The database is read-only, or has no connection left. */
  @Test
  void temporaryFailuresAreOutages() throws SQLException {
    try (ConnectionPool pool = open(database, "")) {
      Migrations.migrate(pool);
      try (HibernateTokenStore store = new HibernateTokenStore(pool)) {
        Samples.put(store, Samples.token("before"));
      }
    }
    String name = database.url().substring(database.url().lastIndexOf('/') + 1);
    PostgresServer.shared()
        .execute("alter database " + name + " set default_transaction_read_only = on");
    try (ConnectionPool pool = open(database, "");
        HibernateTokenStore store = new HibernateTokenStore(pool)) {
      assertThrows(StoreUnavailableException.class, () -> Samples.put(store, Samples.token("ci")));
    }
    for (String state : List.of("08006", "53300", "57P03", "57014", "25006", "25P03", "25P04")) {
      assertTrue(DatabaseFailures.isOutage(new SQLException("x", state)), state);
    }
    for (String state : List.of("25P02", "42501", "23505", "22021")) {
      assertFalse(DatabaseFailures.isOutage(new SQLException("x", state)), state);
    }
    for (String state : List.of("40001", "40P01", "55P03")) {
      assertTrue(DatabaseKind.POSTGRESQL.isConflict(new SQLException("x", state)), state);
    }
  }

  @Test
  void settingsThatCanLoseCommitsAreReported() {
    Map<String, String> safe =
        Map.of(
            "fsync", "ON",
            "full_page_writes", "ON",
            "synchronous_commit", "ON",
            "synchronous_standby_names", "",
            "standbys", "0");
    assertEquals(List.of(), CommitSettings.postgresRisks(safe));
    Map<String, Map<String, String>> risky =
        Map.of(
            "fsync", Map.of("fsync", "OFF"),
            "full_page_writes", Map.of("full_page_writes", "OFF"),
            "synchronous_commit", Map.of("synchronous_commit", "OFF"),
            "is local",
                Map.of("synchronous_commit", "LOCAL", "synchronous_standby_names", "standby"),
            "is remote_write",
                Map.of(
                    "synchronous_commit", "REMOTE_WRITE", "synchronous_standby_names", "standby"),
            "synchronous_standby_names", Map.of("standbys", "1"));
    risky.forEach(
        (name, settings) -> {
          Map<String, String> all = new HashMap<>(safe);
          all.putAll(settings);
          List<String> risks = CommitSettings.postgresRisks(all);
          assertEquals(1, risks.size(), risks::toString);
          assertTrue(risks.get(0).contains(name), risks::toString);
        });
  }

  @Test
  void commitSettingsOfTheUserAndOfTheDatabaseAreReported() throws SQLException {
    String name = database.url().substring(database.url().lastIndexOf('/') + 1);
    String ofDatabase = "alter database " + name;
    String ofUser = "alter role " + database.user() + " in database " + name;
    for (String owner : List.of(ofDatabase, ofUser)) {
      PostgresServer.shared().execute(owner + " set synchronous_commit = off");
      try (ConnectionPool pool = open(database, "")) {
        List<String> risks = CommitSettings.risks(pool, DatabaseKind.POSTGRESQL);
        assertTrue(
            risks.contains(
                "synchronous_commit is off for the user of the database: a crash can undo"
                    + " revocations"),
            owner + ": " + risks);
      }
      PostgresServer.shared().execute(owner + " reset synchronous_commit");
    }
  }
}
