package io.accesstokens.store.jdbc;

import static io.accesstokens.store.Samples.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.accesstokens.store.ConcurrentCalls;
import io.accesstokens.store.Samples;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.hibernate.StatelessSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests the {@code DataSource} of a host application. The settings of this {@code DataSource}
 * differ from the settings of this program: REPEATABLE READ, and no autocommit.
 */
abstract class HostDataSourceContract {

  private TestDatabase database;
  private final HikariDataSource host = new HikariDataSource();
  private HibernateTokenStore store;

  /** Creates an empty database. */
  abstract TestDatabase newDatabase();

  /** Returns parameters of the JDBC URL: prepare on the server, and fetch rows one by one. */
  abstract String driverSettings();

  /** Returns the SQL query for two timeouts of the session. */
  abstract String timeouts();

  /** Returns the default values of {@link #timeouts}, separated by a comma. */
  abstract String defaultTimeouts();

  /** Returns the values of {@link #timeouts} during a transaction of the store. */
  abstract String limitedTimeouts();

  @BeforeEach
  void open() {
    database = newDatabase();
    host.setJdbcUrl(database.url());
    host.setUsername(database.user());
    host.setPassword(database.password());
    host.setAutoCommit(false);
    host.setMaximumPoolSize(20);
    host.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
    Migrations.migrate(host);
    store = new HibernateTokenStore(host);
  }

  @AfterEach
  void close() {
    store.close();
    host.close();
  }

  @Test
  void parallelRevocationsAllSucceed() throws Exception {
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ids.add(Samples.put(store, Samples.token("ci-" + i)).id());
    }
    List<Object> results =
        ConcurrentCalls.run(20, i -> () -> Samples.revoke(store, ids.get(i), NOON));
    assertEquals(20, Collections.frequency(results, Revocation.DONE), () -> "" + results);
  }

  /** Statements are prepared on the server, and rows are fetched one by one. */
  @Test
  void driverSettingsDoNotAffectRevocations() throws Exception {
    try (HikariDataSource other = new HikariDataSource()) {
      other.setJdbcUrl(database.url() + "?" + driverSettings());
      other.setUsername(database.user());
      other.setPassword(database.password());
      HibernateTokenStore own = new HibernateTokenStore(other);
      ServiceToken first = Samples.put(own, Samples.token("first"));
      ServiceToken second = Samples.put(own, Samples.token("second"));
      assertEquals(Revocation.DONE, Samples.revoke(own, first.id(), NOON));
      assertEquals(Revocation.DONE, Samples.revoke(own, second.id(), NOON));
      assertEquals(Revocation.ALREADY_REVOKED, Samples.revoke(store, first.id(), NOON));
      own.close();
    }
  }

  /** The documents state this number. */
  @Test
  void threeConnectionsAreEnough() {
    TestDatabase empty = newDatabase();
    try (HikariDataSource small = new HikariDataSource()) {
      small.setJdbcUrl(empty.url());
      small.setUsername(empty.user());
      small.setPassword(empty.password());
      small.setMaximumPoolSize(3);
      Migrations.migrate(small);
      HibernateTokenStore own = new HibernateTokenStore(small);
      ServiceToken token = Samples.put(own, Samples.token("ci"));
      assertEquals(Revocation.DONE, Samples.revoke(own, token.id(), NOON));
      own.close();
    }
  }

  @Test
  void transactionsHaveShortTimeouts() {
    try (Database opened = new Database(host)) {
      Object[] row =
          opened.write(
              session -> session.createNativeQuery(timeouts(), Object[].class).getSingleResult());
      assertEquals(limitedTimeouts(), row[0] + "," + row[1]);
    }
  }

  @Test
  void connectionsAreReturnedUnchanged() throws Exception {
    ServiceToken token = Samples.put(store, Samples.token("ci"));
    Samples.revoke(store, token.id(), NOON);
    try (Connection connection = host.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(timeouts())) {
      assertEquals(Connection.TRANSACTION_REPEATABLE_READ, connection.getTransactionIsolation());
      assertEquals(false, connection.getAutoCommit());
      assertTrue(row.next(), "the query returns a row");
      assertEquals(defaultTimeouts(), row.getString(1) + "," + row.getString(2));
      connection.rollback();
    }
  }

  @Test
  void failedMigrationIsRepeatedWithoutAutocommit() throws Exception {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("update " + Migrations.HISTORY_TABLE + " set success = false");
    }
    assertFalse(Migrations.migrate(host).isEmpty(), "no migration was repeated");
    assertEquals(List.of(), Migrations.pending(host));
  }

  /**
   * In autocommit mode, the return of a connection to the pool would commit an open transaction.
   */
  @Test
  void errorRollsTheTransactionBack() {
    try (HikariDataSource other = new HikariDataSource()) {
      other.setJdbcUrl(database.url());
      other.setUsername(database.user());
      other.setPassword(database.password());
      other.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
      try (Database opened = new Database(other)) {
        long before = opened.read(HostDataSourceContract::lastNumber);
        OutOfMemoryError thrown =
            assertThrows(
                OutOfMemoryError.class,
                () ->
                    opened.write(
                        session -> {
                          session
                              .createNativeMutationQuery(
                                  "update access_token_change_counter"
                                      + " set last_number = last_number + 1 where id = 1")
                              .executeUpdate();
                          throw new OutOfMemoryError("of the test");
                        }));
        assertEquals(List.of(), List.of(thrown.getSuppressed()));
        assertEquals(before, opened.read(HostDataSourceContract::lastNumber));
      }
    }
  }

  private static long lastNumber(StatelessSession session) {
    return session
        .createNativeQuery(
            "select last_number from access_token_change_counter where id = 1", Long.class)
        .getSingleResult();
  }

  /** Simulates a replica that was stopped between its last statement and its commit. */
  @Test
  void stoppedLockHolderIsDisconnected() throws Exception {
    TimeLimits.repeatAfterStop(
        () -> {
          Duration waited = revokeBesideAStoppedLockHolder();
          assertTrue(waited.compareTo(Duration.ofSeconds(3)) < 0, () -> "waited " + waited);
        });
  }

  /** Returns how long a revocation waits for a lock whose holder was stopped. */
  private Duration revokeBesideAStoppedLockHolder() throws Exception {
    ServiceToken token = Samples.put(store, Samples.token(UUID.randomUUID().toString()));
    try (ConnectionPool other =
            ConnectionPool.open(database.url(), database.user(), database.password(), 1);
        Connection stopped = other.getConnection();
        Statement statement = stopped.createStatement()) {
      stopped.setAutoCommit(false);
      statement.executeUpdate(
          "update access_token_change_counter set last_number = last_number + 1 where id = 1");
      long begin = System.nanoTime();
      assertEquals(Revocation.DONE, Samples.revoke(store, token.id(), NOON));
      Duration waited = Duration.ofNanos(System.nanoTime() - begin);
      assertThrows(SQLException.class, stopped::commit);
      return waited;
    }
  }
}
