package io.accesstokens.store.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.accesstokens.store.hibernate.TestPools;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.token.StoreUnavailableException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class FollowedServerIT {

  private final TestDatabase database = PostgresServer.shared().newDatabase();

  @Test
  void connectionsOfThePoolToAnotherServerAreNotUsed() throws Exception {
    try (ConnectionPool pool = TestPools.open(database, 4)) {
      onlyTheFollowedServerIsUsed(pool);
    }
  }

  @Test
  void connectionsOfAHostToAnotherServerAreNotUsed() throws Exception {
    try (HikariDataSource host = new HikariDataSource()) {
      host.setJdbcUrl(database.url());
      host.setUsername(database.user());
      host.setPassword(database.password());
      host.setAutoCommit(false);
      onlyTheFollowedServerIsUsed(host);
    }
  }

  @Test
  void connectionsToAnotherServerOfMariaDbAreNotUsed() throws Exception {
    TestDatabase mariaDb = MariaDbServer.shared().newDatabase();
    try (ConnectionPool pool = TestPools.open(mariaDb, 4);
        Database opened = new Database(pool)) {
      assertEquals(1, one(opened), "before the first read of the feed");
      assertTrue(opened.follow("db:3307:2", Duration.ZERO), "the first server");
      assertThrows(StoreUnavailableException.class, () -> one(opened), "another server");
      assertTrue(opened.follow("db:3306:1", Duration.ZERO), "servers of MariaDB have no order");
      assertThrows(StoreUnavailableException.class, () -> one(opened), "another server");
      opened.follow(server(mariaDb, DatabaseKind.MARIADB), Duration.ZERO);
      assertEquals(1, one(opened), "the server of the feed");
    }
  }

  @Test
  void allNodesOfGaleraAreUsed() {
    FollowedServer followed =
        new FollowedServer(new HikariDataSource(), DatabaseKind.MARIADB, true);
    followed.follow("one:3306:1", Duration.ofMinutes(10));
    followed.follow("two:3306:2", Duration.ofMinutes(10));
    assertTrue(followed.isUsable(), "the second node");
  }

  @Test
  void newServerIsUsedOnlyAfterTheWait() throws Exception {
    try (ConnectionPool pool = TestPools.open(database, 4);
        Database opened = new Database(pool)) {
      opened.follow("7000000000000000000:00000001", Duration.ZERO);
      long begin = System.nanoTime();
      opened.follow(server(), Duration.ofMillis(500));
      Awaitility.await().ignoreExceptions().until(() -> one(opened) == 1);
      Duration waited = Duration.ofNanos(System.nanoTime() - begin);
      assertTrue(waited.toMillis() >= 500, () -> "waited " + waited);
    }
  }

  @Test
  void newServerIsNotUsedDuringTheWait() throws Exception {
    try (ConnectionPool pool = TestPools.open(database, 4);
        Database opened = new Database(pool)) {
      opened.follow("7000000000000000000:00000001", Duration.ZERO);
      opened.follow(server(), Duration.ofMinutes(10));
      StoreUnavailableException waiting =
          assertThrows(StoreUnavailableException.class, () -> one(opened));
      assertEquals("the primary server has just changed", waiting.getMessage());
    }
  }

  private void onlyTheFollowedServerIsUsed(DataSource dataSource) throws SQLException {
    try (Database opened = new Database(dataSource)) {
      assertEquals(1, one(opened), "before the first read of the feed");
      opened.follow("7000000000000000000:00000002", Duration.ZERO);
      assertFalse(
          opened.follow("7000000000000000000:00000001", Duration.ZERO), "an earlier timeline");
      StoreUnavailableException refused =
          assertThrows(StoreUnavailableException.class, () -> one(opened), "another server");
      assertEquals(
          "the connection leads to another database server than the change feed",
          refused.getMessage());
      opened.follow(server(), Duration.ZERO);
      assertEquals(1, one(opened), "the server of the feed");
      assertEquals(1, one(opened), "the same connection again");
    }
  }

  private static int one(Database opened) {
    return opened.read(
        session -> session.createNativeQuery("select 1", Integer.class).getSingleResult());
  }

  private String server() throws SQLException {
    return server(database, DatabaseKind.POSTGRESQL);
  }

  private static String server(TestDatabase on, DatabaseKind kind) throws SQLException {
    try (Connection connection = on.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select " + kind.serverExpression())) {
      row.next();
      return row.getString(1);
    }
  }
}
