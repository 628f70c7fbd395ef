package io.accesstokens.store.hibernate;

import static io.accesstokens.store.Samples.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.accesstokens.store.ConcurrentCalls;
import io.accesstokens.store.Samples;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.jdbc.DatabaseFailures;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.testing.RecordedLog;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.server.DatabaseServer;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Tests a real server that becomes unavailable in several ways and comes back. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OutageContract {

  private static final int POOL_SIZE = 10;

  /** More connections than two calls can check. */
  private static final int IDLE_CONNECTIONS = 30;

  DatabaseServer server;
  private ConnectionPool pool;
  private HibernateTokenStore store;
  private ServiceToken token;
  private volatile String password = "";

  /** Creates a server without starting it. */
  abstract DatabaseServer createServer();

  /** Returns a part of the message with which the server refuses a wrong password. */
  abstract String refusedLogin();

  /** Returns the account of the user {@code limited} in the SQL of the server. */
  abstract String limitedUser();

  /** Creates the user {@code limited}, whose password is the same word. */
  abstract void createLimitedUser(Connection connection) throws SQLException;

  /** Returns all tables of a database in the SQL of the server. */
  abstract String allTables(Connection connection) throws SQLException;

  /** Returns the number of the session of a connection in the SQL of the server. */
  abstract String sessionId();

  /** Returns a query that counts sessions. The number of a session follows. */
  abstract String countSessions();

  /** Returns the reported reason if the server has ended a transaction that was idle. */
  abstract String endOfIdleTransaction();

  @BeforeAll
  void start() {
    server = createServer();
    server.start();
  }

  @BeforeEach
  void open() {
    TestDatabase database = server.newDatabase();
    password = database.password();
    pool = ConnectionPool.open(database.url(), database.user(), () -> password, POOL_SIZE);
    Migrations.migrate(pool);
    store = new HibernateTokenStore(pool);
    token = Samples.put(store, Samples.token("ci"));
  }

  @AfterEach
  void closeStore() {
    store.close();
    pool.close();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void storeRecoversFromAWrongPassword() throws Exception {
    List<Connection> connections = allConnections();
    String right = password;
    password = "wrong";
    try (RecordedLog log = new RecordedLog(ConnectionPool.class)) {
      for (Connection connection : connections) {
        pool.unwrap(HikariDataSource.class).evictConnection(connection);
      }
      failsFast();
      for (Object failure : ConcurrentCalls.run(40, i -> () -> store.find(token.id()))) {
        assertEquals(
            "the database refuses the user or the password", ((Throwable) failure).getMessage());
      }
      assertEquals(1, log.lines().size(), log::toString);
      assertTrue(log.lines().get(0).contains(refusedLogin()), log::toString);
    } finally {
      password = right;
    }
    recoversWithin(Duration.ofSeconds(2));
  }

  @Test
  void storeRecoversFromMissingPrivileges() throws Exception {
    TestDatabase database = server.newDatabase();
    try (ConnectionPool own =
        ConnectionPool.open(database.url(), database.user(), database.password(), 3)) {
      Migrations.migrate(own);
    }
    try (Connection connection = database.connect();
        Statement administrator = connection.createStatement()) {
      String onTables = " on " + allTables(connection);
      createLimitedUser(connection);
      administrator.execute(
          "grant select, insert, update, delete" + onTables + " to " + limitedUser());
      try (ConnectionPool limited = ConnectionPool.open(database.url(), "limited", "limited", 1);
          HibernateTokenStore limitedStore = new HibernateTokenStore(limited)) {
        Samples.put(limitedStore, Samples.token("before"));
        administrator.execute("revoke insert, update" + onTables + " from " + limitedUser());
        // MariaDB applies it to new connections only.
        reconnect(limited);
        StoreUnavailableException refused =
            assertThrows(
                StoreUnavailableException.class,
                () -> Samples.put(limitedStore, Samples.token("refused")));
        String message = String.valueOf(refused.getMessage());
        assertTrue(
            message.startsWith("the user of the database lacks a privilege: ")
                && message.contains("access_token"),
            message);
        administrator.execute("revoke select" + onTables + " from " + limitedUser());
        reconnect(limited);
        assertThrows(StoreUnavailableException.class, () -> limitedStore.find(UUID.randomUUID()));
        administrator.execute("grant select, insert, update" + onTables + " to " + limitedUser());
        reconnect(limited);
        Samples.put(limitedStore, Samples.token("refused"));
      }
    }
  }

  private static void reconnect(ConnectionPool pool) throws SQLException {
    pool.unwrap(HikariDataSource.class).getHikariPoolMXBean().softEvictConnections();
  }

  @Test
  void storeRecoversFromAKilledServer() throws Exception {
    server.kill();
    failsFast();
    server.start();
    recoversWithin(Duration.ofSeconds(2));
  }

  @Test
  void storeRecoversFromAStoppedServer() throws Exception {
    server.stop();
    failsFast();
    server.start();
    recoversWithin(Duration.ofSeconds(2));
  }

  @Test
  void storeRecoversFromAFrozenServer() throws Exception {
    try (Connection inUse = pool.getConnection();
        Statement statement = inUse.createStatement()) {
      // All other connections are in the pool and look alive.
      ConcurrentCalls.run(10, i -> () -> store.find(token.id()));
      server.pause();
      try {
        failsFast();
        SQLException timeout =
            assertThrows(SQLException.class, () -> statement.executeQuery("select 1"));
        assertEquals(
            "the database did not respond in time",
            DatabaseFailures.unavailable(timeout).getMessage());
      } finally {
        server.resume();
      }
    }
    recoversWithin(Duration.ofSeconds(5));
  }

  @Test
  void idleConnectionsToAFrozenServerDelayOneCallerAtATime() throws Exception {
    TimeLimits.repeatAfterStop(
        () -> {
          int delayed = callersThatIdleConnectionsDelay();
          assertTrue(delayed <= 1, () -> "delayed calls: " + delayed);
        });
    recoversWithin(Duration.ofSeconds(5));
  }

  /**
   * Returns how many of 40 calls take long, while a pool has idle connections to a frozen server.
   */
  private int callersThatIdleConnectionsDelay() throws Exception {
    TestDatabase database = server.newDatabase();
    try (ConnectionPool idle =
            ConnectionPool.open(
                database.url(), database.user(), database.password(), IDLE_CONNECTIONS);
        HibernateTokenStore ofIdle = new HibernateTokenStore(idle)) {
      for (Connection connection : TestPools.connections(idle, IDLE_CONNECTIONS)) {
        connection.close();
      }
      server.pause();
      try {
        // The first call can get a connection that the pool does not check, because it was in use
        // just before. The next call finds some broken connections, and then no connection.
        assertThrows(StoreUnavailableException.class, ofIdle::ping);
        assertThrows(StoreUnavailableException.class, ofIdle::ping);
        int left = idle.unwrap(HikariDataSource.class).getHikariPoolMXBean().getIdleConnections();
        assertTrue(left > 0, "some connections were not tried");
        AtomicInteger delayed = new AtomicInteger();
        List<Object> results =
            ConcurrentCalls.run(
                40,
                i ->
                    () -> {
                      long start = System.nanoTime();
                      assertThrows(StoreUnavailableException.class, ofIdle::ping);
                      if (System.nanoTime() - start > Duration.ofMillis(1_500).toNanos()) {
                        delayed.incrementAndGet();
                      }
                      return "refused";
                    });
        assertEquals(Collections.nCopies(40, "refused"), results);
        return delayed.get();
      } finally {
        server.resume();
      }
    }
  }

  @Test
  void storeRecoversFromALongOutage() throws Exception {
    server.kill();
    long end = System.nanoTime() + Duration.ofSeconds(6).toNanos();
    while (System.nanoTime() < end) {
      assertThrows(StoreUnavailableException.class, store::ping);
      Thread.sleep(20);
    }
    server.start();
    recoversWithin(Duration.ofSeconds(2));
  }

  @Test
  void exhaustedPoolIsReportedAsBusy() throws Exception {
    List<Connection> connections = allConnections();
    StoreUnavailableException busy =
        assertThrows(StoreUnavailableException.class, () -> store.find(token.id()), "one was free");
    assertEquals("all connections to the database are in use", busy.getMessage());
    for (Connection connection : connections) {
      connection.close();
    }
    assertEquals(token, store.find(token.id()).orElseThrow());
  }

  @Test
  void endOfATransactionThatWasIdleIsReported() throws Exception {
    try (Connection idle = pool.getConnection();
        Statement statement = idle.createStatement();
        Connection other = pool.getConnection()) {
      idle.setAutoCommit(false);
      long id = number(idle, "select " + sessionId() + " from service_access_tokens");
      Awaitility.await().until(() -> number(other, countSessions() + id) == 0);
      SQLException ended = assertThrows(SQLException.class, () -> statement.execute("select 1"));
      assertTrue(DatabaseFailures.isOutage(ended), ended::toString);
      assertEquals(endOfIdleTransaction(), DatabaseFailures.unavailable(ended).getMessage());
    }
  }

  private static long number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private List<Connection> allConnections() {
    return TestPools.connections(pool, POOL_SIZE);
  }

  /**
   * Asserts that calls fail fast. The first calls may wait. Of the later calls, only the call that
   * probes the server may wait.
   */
  private void failsFast() throws Exception {
    List<Object> first = ConcurrentCalls.run(40, i -> () -> store.find(token.id()));
    assertEquals(
        40,
        first.stream().filter(StoreUnavailableException.class::isInstance).count(),
        () -> "" + first);
    List<Object> then =
        TimeLimits.within(
            Duration.ofMillis(2_500),
            () -> ConcurrentCalls.run(40, i -> () -> store.find(token.id())));
    assertEquals(
        40,
        then.stream().filter(StoreUnavailableException.class::isInstance).count(),
        () -> "" + then);
  }

  private void recoversWithin(Duration timeout) throws Exception {
    TimeLimits.succeedsAfter(
        timeout,
        "the store has recovered",
        () -> {
          try {
            assertEquals(token, store.find(token.id()).orElseThrow());
            return true;
          } catch (StoreUnavailableException e) {
            return false;
          }
        });
    Samples.revoke(store, token.id(), NOON);
    assertEquals(NOON, store.find(token.id()).orElseThrow().revokedAt());
  }
}
