package io.accesstokens.store.schema;

import static io.accesstokens.store.Samples.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.ConcurrentCalls;
import io.accesstokens.store.Samples;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.jdbc.NoTimeoutDataSource;
import io.accesstokens.testing.server.DatabaseServer;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.verify.EntityRef;
import java.io.File;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

abstract class MigrationsContract {

  private static final int MIGRATIONS =
      Objects.requireNonNull(
              new File("src/store/src/main/resources/io/accesstokens/store/migrations").list())
          .length;

  private final TestDatabase database = newDatabase();

  /** Creates an empty database. */
  abstract TestDatabase newDatabase();

  /** Creates a server without starting it. */
  abstract DatabaseServer createServer();

  /** Returns the SQL expression for the schema of the tables. */
  abstract String schema();

  private ConnectionPool pool() {
    return ConnectionPool.open(database.url(), database.user(), database.password(), 3);
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
    assertEquals(MIGRATIONS, count("select count(*) from " + Migrations.HISTORY_TABLE));
    assertEquals(1, count("select count(*) from access_token_change_counter"));
    try (HibernateTokenStore store = new HibernateTokenStore(pools.get(0))) {
      Samples.put(store, Samples.token("ci"));
    }
    pools.forEach(ConnectionPool::close);
  }

  @Test
  void pendingMigrationsAreListedAndNothingIsChanged() throws Exception {
    try (ConnectionPool pool = pool()) {
      assertEquals(MIGRATIONS, Migrations.pending(pool).size());
      assertEquals(
          0,
          count("select count(*) from information_schema.tables where table_schema = " + schema()));
      assertEquals(MIGRATIONS, Migrations.migrate(pool).size());
      assertEquals(List.of(), Migrations.pending(pool));
    }
  }

  @Test
  void tablesOfTheHostAreUnchanged() throws Exception {
    execute("create table flyway_schema_history (host_is_here int)");
    execute("insert into flyway_schema_history values (1)");
    try (ConnectionPool pool = pool()) {
      Migrations.migrate(pool);
    }
    assertEquals(1, count("select sum(host_is_here) from flyway_schema_history"));
    assertEquals(0, count("select count(*) from service_access_tokens"));
  }

  @Test
  void migrationsHaveNoNetworkTimeout() throws Exception {
    try (ConnectionPool pool = pool()) {
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
    Migrations.migrate(pool);
    EntityRef sre = Samples.group("sre");
    List<ServiceToken> made = new ArrayList<>();
    PersonalToken upper = personal("Dave");
    PersonalToken lower = personal("dave");
    try (HibernateTokenStore store = new HibernateTokenStore(pool)) {
      for (String spelling : List.of("SRE", "Sre", "sre")) {
        made.add(Samples.put(store, Samples.token("ci", sre, NOON, NOON.plusSeconds(3600))));
        UUID id = made.get(made.size() - 1).id();
        execute(
            pool,
            "update service_access_tokens set created_by = 'user:default/Alice', group_entity_ref ="
                + " 'group:default/%s' where id = '%s'".formatted(spelling, id));
        execute(
            pool,
            "update service_access_token_audit_log set actor = 'user:default/Alice',"
                + " group_entity_ref = 'group:default/%s' where token_id = '%s'"
                    .formatted(spelling, id));
      }
      execute(
          pool,
          "update service_access_tokens set created_by = 'Import Job' where id = '%s'"
              .formatted(made.get(2).id()));
      store.personal().orElseThrow().create(upper, Samples.digest(upper.id()), created(upper), 9);
      execute(pool, "update personal_access_tokens set user_entity_ref = 'user:default/Dave'");
      store.personal().orElseThrow().create(lower, Samples.digest(lower.id()), created(lower), 9);
    }
    execute(
        pool,
        "delete from " + Migrations.HISTORY_TABLE + " where version >= '200' and version < '300'");
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
        count(
            pool,
            "select count(*) from service_access_token_audit_log where actor ="
                + " 'user:default/alice' and group_entity_ref = 'group:default/sre'"));
    assertEquals(
        1,
        count(
            pool,
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
    execute(pool, "drop index personal_access_tokens_expiry" + table);
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

  private static void execute(ConnectionPool pool, String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long count(ConnectionPool pool, String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      assertTrue(row.next(), sql);
      return row.getLong(1);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long count(String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      assertTrue(row.next(), sql);
      return row.getLong(1);
    }
  }
}
