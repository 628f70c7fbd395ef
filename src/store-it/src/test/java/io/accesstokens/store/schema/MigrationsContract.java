package io.accesstokens.store.schema;

import static io.accesstokens.store.Samples.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.ConcurrentCalls;
import io.accesstokens.store.Samples;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.hibernate.TestPools;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.store.jdbc.NoTimeoutDataSource;
import io.accesstokens.testing.server.DatabaseServer;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.verify.EntityRef;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

abstract class MigrationsContract {

  /**
   * Start of the SQL query for the columns of a schema and their properties. The schema follows.
   */
  private static final String COLUMNS =
      "select table_name, column_name, data_type, character_maximum_length, numeric_precision,"
          + " datetime_precision, is_nullable, column_default, collation_name,"
          + " generation_expression"
          + " from information_schema.columns where table_schema = ";

  /** Number of migrations of an empty database: the baseline migration and all later ones. */
  private static final int NEW_SCHEMA_MIGRATIONS = 17;

  private final TestDatabase database = newDatabase();
  private final Sql sql = new Sql(() -> database.connect());

  /** Creates an empty database. */
  abstract TestDatabase newDatabase();

  /** Creates a server without starting it. */
  abstract DatabaseServer createServer();

  /** Returns the SQL expression for the schema of the tables. */
  abstract String schema();

  private ConnectionPool pool() {
    return TestPools.open(database, 3);
  }

  @Test
  void tenReplicasMigrateAnEmptyDatabaseConcurrently() throws Exception {
    List<ConnectionPool> pools = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      pools.add(pool());
    }
    List<Object> results =
        ConcurrentCalls.run(
            10,
            i ->
                () -> {
                  Migrations.migrate(pools.get(i));
                  return Migrations.pending(pools.get(i)).size();
                });
    assertEquals(Collections.nCopies(10, 0), results);
    assertEquals(
        NEW_SCHEMA_MIGRATIONS, sql.number("select count(*) from " + Migrations.HISTORY_TABLE));
    assertEquals(1, sql.number("select count(*) from access_token_change_counter"));
    assertEquals(1, sql.number("select count(*) from access_token_log"));
    try (HibernateTokenStore store = new HibernateTokenStore(pools.get(0))) {
      Samples.put(store, Samples.token("ci"));
    }
    pools.forEach(ConnectionPool::close);
  }

  @Test
  void pendingMigrationsAreListedAndNothingIsChanged() throws Exception {
    try (ConnectionPool pool = pool()) {
      assertEquals(NEW_SCHEMA_MIGRATIONS, Migrations.pending(pool).size());
      assertEquals(
          0,
          sql.number(
              "select count(*) from information_schema.tables where table_schema = " + schema()));
      assertEquals(NEW_SCHEMA_MIGRATIONS, Migrations.migrate(pool).size());
      assertEquals(List.of(), Migrations.pending(pool));
    }
  }

  @Test
  void baselineGivesTheSchemaOfAllMigrations() throws Exception {
    TestDatabase other = newDatabase();
    try (ConnectionPool baseline = pool();
        ConnectionPool steps = TestPools.open(other, 3)) {
      baselineGivesTheSchemaOfAllMigrations(baseline, steps, schema());
    }
  }

  static void baselineGivesTheSchemaOfAllMigrations(
      ConnectionPool baseline, ConnectionPool steps, String schema) throws SQLException {
    Migrations.migrate(baseline);
    migrateStepByStep(steps, "230");
    List<Migrations.Migration> later = Migrations.migrate(steps);
    assertEquals("330", later.get(0).version(), later::toString);
    assertTrue(
        later.stream().noneMatch(one -> one.description().equals("schema")), later::toString);
    assertEquals(List.of(), Migrations.pending(steps));
    List<String> expected = description(steps, schema);
    assertTrue(expected.size() > 200, expected::toString);
    assertEquals(String.join("\n", expected), String.join("\n", description(baseline, schema)));
    String indexes = String.join("\n", expected).toLowerCase(Locale.ROOT);
    for (String column :
        List.of(
            "due, column 4 id",
            "status_last_used, column 1 list_status",
            "creator, column 5 expires_at",
            "group_status, column 1 list_status",
            "counts, column 3 last_used_order")) {
      assertTrue(indexes.contains("index service_access_tokens_" + column), indexes);
    }
  }

  @Test
  void interruptedBaselineIsRepeated() throws Exception {
    try (ConnectionPool pool = pool()) {
      interruptedBaselineIsRepeated(pool);
    }
  }

  /** Simulates a process that is killed after the last statement of the baseline migration. */
  static void interruptedBaselineIsRepeated(ConnectionPool pool) throws SQLException {
    Migrations.migrate(pool);
    sql(pool).execute("update access_token_change_counter set last_number = 7");
    sql(pool).execute("delete from " + Migrations.HISTORY_TABLE);
    assertEquals(NEW_SCHEMA_MIGRATIONS, Migrations.migrate(pool).size());
    assertEquals(List.of(), Migrations.pending(pool));
    assertEquals(7, sql(pool).number("select sum(last_number) from access_token_change_counter"));
    assertEquals(1, sql(pool).number("select count(*) from access_token_notice_job"));
  }

  @Test
  void interruptedMigrationNextToOtherTablesIsRepeated() throws Exception {
    try (ConnectionPool pool = pool()) {
      interruptedMigrationNextToOtherTablesIsRepeated(pool);
    }
  }

  /**
   * Simulates a process that is killed after Flyway has recorded that the schema has tables of a
   * host application, and one that is killed during the baseline migration.
   */
  static void interruptedMigrationNextToOtherTablesIsRepeated(ConnectionPool pool)
      throws SQLException {
    sql(pool).execute("create table host_table (id int)");
    Migrations.configuration(pool, databaseKind(pool)).load().baseline();
    assertEquals(NEW_SCHEMA_MIGRATIONS, Migrations.migrate(pool).size());
    sql(pool).execute("drop table access_token_callers");
    interruptedBaselineIsRepeated(pool);
    assertEquals(0, sql(pool).number("select count(*) from access_token_callers"));
    assertEquals(0, sql(pool).number("select count(*) from host_table"));
  }

  @Test
  void failedMigrationIsRepeated() throws Exception {
    try (ConnectionPool pool = pool()) {
      failedMigrationIsRepeated(pool);
    }
  }

  /** Simulates a migration that failed because the disk was full or a privilege was missing. */
  static void failedMigrationIsRepeated(ConnectionPool pool) throws SQLException {
    Migrations.migrate(pool);
    sql(pool).execute("drop table access_token_callers");
    String history;
    String success;
    try (Connection connection = pool.getConnection()) {
      // Flyway quotes its names.
      String quote = connection.getMetaData().getIdentifierQuoteString();
      history = quote + Migrations.HISTORY_TABLE + quote;
      success = quote + "success" + quote;
    }
    sql(pool).execute("update " + history + " set " + success + " = false");
    assertEquals(NEW_SCHEMA_MIGRATIONS, Migrations.pending(pool).size());
    assertEquals(NEW_SCHEMA_MIGRATIONS, Migrations.migrate(pool).size());
    assertEquals(List.of(), Migrations.pending(pool));
    assertEquals(0, sql(pool).number("select count(*) from access_token_callers"));
    assertEquals(
        NEW_SCHEMA_MIGRATIONS,
        sql(pool).number("select count(*) from " + history + " where " + success));
  }

  /**
   * Applies the migrations that earlier versions applied.
   *
   * @param last the number of the last migration
   */
  private static void migrateStepByStep(ConnectionPool pool, String last) throws SQLException {
    Migrations.configuration(pool, databaseKind(pool))
        .configuration(Map.of("flyway.baselineMigrationPrefix", "none"))
        .target(last)
        .load()
        .migrate();
  }

  private static DatabaseKind databaseKind(ConnectionPool pool) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      return DatabaseKind.of(connection);
    }
  }

  /** Returns the columns, the indexes and the rows of a new schema, without its name. */
  static List<String> description(ConnectionPool pool, String schema) throws SQLException {
    Set<String> lines = new TreeSet<>();
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      String catalog = connection.getCatalog();
      Set<String> tables = new TreeSet<>();
      try (ResultSet row = statement.executeQuery(COLUMNS + schema)) {
        while (row.next()) {
          lines.add(text(row, 10));
          tables.add(row.getString(1));
        }
      }
      for (String table : tables) {
        try (ResultSet index =
            connection.getMetaData().getIndexInfo(catalog, null, table, false, true)) {
          while (index.next()) {
            lines.add(
                "%s: index %s, column %s %s, unique %s"
                    .formatted(
                        table,
                        index.getString("INDEX_NAME"),
                        index.getString("ORDINAL_POSITION"),
                        index.getString("COLUMN_NAME"),
                        !index.getBoolean("NON_UNIQUE")));
          }
        }
      }
      try (ResultSet row = statement.executeQuery("select * from access_token_change_counter")) {
        assertTrue(row.next(), "the counter has a row");
        lines.add("counter: " + text(row, row.getMetaData().getColumnCount()));
      }
      return lines.stream()
          .filter(line -> !line.startsWith(Migrations.HISTORY_TABLE))
          .map(line -> line.replace("`" + catalog + "`.", ""))
          // H2 adds an object number to the name of a constraint's index.
          .map(line -> line.replaceAll("(PRIMARY_KEY|_uq_INDEX)_[0-9A-F]+", "$1"))
          .toList();
    }
  }

  @Test
  void tablesOfTheHostAreUnchanged() throws Exception {
    sql.execute("create table flyway_schema_history (host_is_here int)");
    sql.execute("insert into flyway_schema_history values (1)");
    TestDatabase empty = newDatabase();
    try (ConnectionPool pool = pool();
        ConnectionPool other = TestPools.open(empty, 3)) {
      List<Migrations.Migration> pending = Migrations.pending(pool);
      assertEquals(NEW_SCHEMA_MIGRATIONS, pending.size(), pending::toString);
      assertEquals(pending, Migrations.migrate(pool));
      assertEquals(List.of(), Migrations.pending(pool));
      Migrations.migrate(other);
      assertEquals(1, sql.number("select sum(host_is_here) from flyway_schema_history"));
      sql.execute("drop table flyway_schema_history");
      assertEquals(description(other, schema()), description(pool, schema()));
    }
    assertEquals(0, sql.number("select count(*) from service_access_tokens"));
  }

  @Test
  void migrationsHaveNoNetworkTimeout() throws Exception {
    try (ConnectionPool pool =
        ConnectionPool.open(database.url(), database.user(), database.password(), 3)) {
      try (Connection withoutTimeout = new NoTimeoutDataSource(pool).getConnection()) {
        assertEquals(0, withoutTimeout.getNetworkTimeout());
      }
      try (Connection again = pool.getConnection()) {
        assertEquals(5_000, again.getNetworkTimeout());
      }
    }
  }

  @Test
  void refsOfEarlierVersionsBecomeLowerCase() throws Exception {
    try (ConnectionPool pool = pool()) {
      refsBecomeLowerCase(pool);
    }
  }

  /**
   * Creates the groups SRE, Sre and sre, and the users Dave and dave. Each of them has an unrevoked
   * token. The tokens of the groups have the same name, and so do the tokens of the users.
   */
  static void refsBecomeLowerCase(ConnectionPool pool) throws SQLException {
    migrateStepByStep(pool, "latest");
    EntityRef sre = Samples.group("sre");
    List<ServiceToken> made = new ArrayList<>();
    PersonalToken upper = personal("Dave");
    PersonalToken lower = personal("dave");
    try (HibernateTokenStore store = new HibernateTokenStore(pool)) {
      for (String spelling : List.of("SRE", "Sre", "sre")) {
        made.add(Samples.put(store, Samples.token("ci", sre, NOON, NOON.plusSeconds(3600))));
        UUID id = made.get(made.size() - 1).id();
        sql(pool)
            .execute(
                "update service_access_tokens set created_by = 'user:default/Alice',"
                    + " group_entity_ref = 'group:default/%s' where id = '%s'"
                        .formatted(spelling, id));
        sql(pool)
            .execute(
                "update service_access_token_audit_log set actor = 'user:default/Alice',"
                    + " group_entity_ref = 'group:default/%s' where token_id = '%s'"
                        .formatted(spelling, id));
      }
      sql(pool)
          .execute(
              "update service_access_tokens set created_by = 'Import Job' where id = '%s'"
                  .formatted(made.get(2).id()));
      store.personal().orElseThrow().create(upper, Samples.digest(upper.id()), created(upper), 9);
      sql(pool).execute("update personal_access_tokens set user_entity_ref = 'user:default/Dave'");
      store.personal().orElseThrow().create(lower, Samples.digest(lower.id()), created(lower), 9);
    }
    sql(pool)
        .execute(
            "delete from "
                + Migrations.HISTORY_TABLE
                + " where version >= '200' and version < '300'");
    dropIndexOfALaterVersion(pool);
    assertEquals(9, Migrations.migrate(pool).size());
    try (HibernateTokenStore store = new HibernateTokenStore(pool)) {
      List<ServiceToken> found = store.list(Samples.of(Set.of(sre)), NOON).tokens();
      assertEquals(3, found.size(), found::toString);
      Set<String> names = found.stream().map(ServiceToken::name).collect(Collectors.toSet());
      assertEquals(
          Set.of("ci", renamed(made.get(0).id()), renamed(made.get(1).id())), names, "names");
      for (ServiceToken token : found) {
        assertEquals(sre, token.group());
        assertEquals(
            token.id().equals(made.get(2).id()) ? "Import Job" : "user:default/alice",
            token.createdBy());
      }
      assertEquals("ci", store.find(made.get(2).id()).orElseThrow().name());
    }
    assertEquals(
        3,
        sql(pool)
            .number(
                "select count(*) from service_access_token_audit_log where actor ="
                    + " 'user:default/alice' and group_entity_ref = 'group:default/sre'"));
    assertEquals(
        1,
        sql(pool)
            .number(
                "select count(*) from personal_access_tokens where user_entity_ref ="
                    + " 'user:default/dave' and name = '"
                    + renamed(upper.id())
                    + "'"));
    assertEquals(List.of(), Migrations.pending(pool));
  }

  private static void dropIndexOfALaterVersion(ConnectionPool pool) throws SQLException {
    String product;
    try (Connection connection = pool.getConnection()) {
      product = connection.getMetaData().getDatabaseProductName();
    }
    String table = product.equals("MariaDB") ? " on personal_access_tokens" : "";
    sql(pool).execute("drop index personal_access_tokens_expiry" + table);
  }

  private static String text(ResultSet row, int columns) throws SQLException {
    List<String> values = new ArrayList<>();
    for (int i = 1; i <= columns; i++) {
      values.add(row.getString(i));
    }
    return String.join(", ", values);
  }

  private static PersonalToken personal(String user) {
    return new PersonalToken(
        UUID.randomUUID(),
        "ci",
        "bpat_abcdefg",
        EntityRef.parseUser(user).orElseThrow(),
        List.of(),
        NOON,
        NOON.plusSeconds(3600),
        null,
        null,
        null);
  }

  private static AuditEvent created(PersonalToken token) {
    return new AuditEvent(
        UUID.randomUUID(),
        token.id(),
        AuditEvent.Type.CREATED,
        token.owner().toString(),
        Map.of(),
        NOON);
  }

  private static String renamed(UUID id) {
    return "ci-" + id.toString().substring(28);
  }

  @Test
  void outageIsReported() {
    DatabaseServer server = createServer();
    server.start();
    TestDatabase gone = server.newDatabase();
    try (ConnectionPool pool = ConnectionPool.open(gone.url(), gone.user(), gone.password(), 1)) {
      server.kill();
      assertThrows(StoreUnavailableException.class, () -> Migrations.migrate(pool));
      assertThrows(StoreUnavailableException.class, () -> Migrations.pending(pool));
    } finally {
      server.close();
    }
  }

  static Sql sql(ConnectionPool pool) {
    return new Sql(pool::getConnection);
  }
}
