package io.accesstokens.store.hibernate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.Samples;
import io.accesstokens.store.Together;
import io.accesstokens.testing.MariaDbServer;
import io.accesstokens.token.StoreUnavailable;
import java.io.File;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class MigrateDatabaseIT {

  private static final int MIGRATIONS =
      Objects.requireNonNull(new File("src/main/resources/io/accesstokens/store/migrations").list())
          .length;

  private final MariaDbServer.Database database = MariaDbServer.shared().newDatabase();

  private ConnectionPool pool() {
    return ConnectionPool.open(database.url(), database.user(), database.password(), 3);
  }

  @Test
  void tenReplicasMigrateAnEmptyDatabaseAtTheSameMoment() throws Exception {
    List<ConnectionPool> pools = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      pools.add(pool());
    }
    List<Object> results =
        Together.run(
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
          count("select count(*) from information_schema.tables where table_schema = database()"));
      assertEquals(MIGRATIONS, Migrations.migrate(pool).size());
      assertEquals(List.of(), Migrations.pending(pool));
    }
  }

  @Test
  void tablesOfAHostStayAsTheyAre() throws Exception {
    execute("create table flyway_schema_history (host_is_here int)");
    execute("insert into flyway_schema_history values (1)");
    try (ConnectionPool pool = pool()) {
      Migrations.migrate(pool);
    }
    assertEquals(1, count("select sum(host_is_here) from flyway_schema_history"));
    assertEquals(0, count("select count(*) from service_access_tokens"));
  }

  @Test
  void aLongMigrationIsNotCutOffByTheTimeoutOfRequests() throws Exception {
    try (ConnectionPool pool = pool()) {
      try (Connection patient = new PatientDataSource(pool).getConnection()) {
        assertEquals(0, patient.getNetworkTimeout());
      }
      try (Connection again = pool.getConnection()) {
        assertEquals(5_000, again.getNetworkTimeout());
      }
    }
  }

  @Test
  void anOutageIsNamed() {
    MariaDbServer server = MariaDbServer.create();
    server.start();
    MariaDbServer.Database gone = server.newDatabase();
    try (ConnectionPool pool = ConnectionPool.open(gone.url(), gone.user(), gone.password(), 1)) {
      server.kill();
      assertThrows(StoreUnavailable.class, () -> Migrations.migrate(pool));
      assertThrows(StoreUnavailable.class, () -> Migrations.pending(pool));
    } finally {
      server.close();
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
      assertTrue(row.next());
      return row.getLong(1);
    }
  }
}
