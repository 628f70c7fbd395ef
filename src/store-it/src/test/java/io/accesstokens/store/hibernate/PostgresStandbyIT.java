package io.accesstokens.store.hibernate;

import static io.accesstokens.store.Samples.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.Samples;
import io.accesstokens.store.feed.Replica;
import io.accesstokens.store.jdbc.ChangeCounter;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.store.jdbc.DelegatingDataSource;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.audit.AuditListener;
import io.accesstokens.token.revocation.RevocationBarrier;
import io.accesstokens.token.revocation.TokenChangeService;
import io.accesstokens.token.service.StoreTokenVerifier;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import io.accesstokens.verify.CachedTokenVerifier;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.FeedFollower;
import io.accesstokens.verify.Lease;
import io.accesstokens.verify.MachineClock;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.TokenDigest;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationUnavailableException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests a PostgreSQL server with a synchronous standby. The standby stops or becomes the primary
 * server.
 */
class PostgresStandbyIT {

  private static final Lease.Durations DURATIONS =
      Lease.Durations.of(Duration.ofMillis(500), Duration.ZERO);
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final PostgresServer primary = PostgresServer.create();
  private PostgresServer standby;
  private TestDatabase database;
  private ConnectionPool pool;
  private HibernateTokenStore store;

  @BeforeEach
  void open() {
    primary.start();
    database = primary.newDatabase();
    pool = open(database);
    Migrations.migrate(pool);
    store = new HibernateTokenStore(pool);
    // The start of the standby requests a checkpoint. The process that executes this checkpoint
    // has then read the setting. A later setting could take effect too late for a test.
    primary.set("synchronous_standby_names", "standby");
    standby = primary.startStandby("standby");
    awaitReplication();
  }

  /** Waits until the standby receives the changes. Until then a commit would wait without end. */
  private void awaitReplication() {
    Sql sql = new TestDatabase(database.url(), PostgresServer.USER, PostgresServer.PASSWORD).sql();
    Awaitility.await()
        .atMost(TIMEOUT)
        .until(
            () -> sql.texts("select sync_state from pg_stat_replication").equals(List.of("sync")));
  }

  @AfterEach
  void close() {
    store.close();
    pool.close();
    standby.close();
    primary.close();
  }

  private static ConnectionPool open(TestDatabase database) {
    return ConnectionPool.open(database.url(), database.user(), database.password(), 4);
  }

  private TestDatabase onStandby() {
    return new TestDatabase(
        database.url().replace(":" + primary.port() + "/", ":" + standby.port() + "/"),
        database.user(),
        database.password());
  }

  /**
   * The server sends a warning if a commit was not replicated. Such a commit is visible, and a
   * failover can undo it.
   */
  @Test
  void revocationThatIsNotReplicatedIsNotConfirmed() throws Exception {
    ServiceToken token = Samples.put(store, Samples.token("ci"));
    standby.pause();
    assertUnknownAfterCancellation(token);
    assertEquals(NOON, store.find(token.id()).orElseThrow().revokedAt(), "the commit stands");
    // The repetition finds the earlier change, and also waits for the standby.
    assertUnknownAfterCancellation(token);
    standby.resume();
    assertEquals(Revocation.ALREADY_REVOKED, Samples.revoke(store, token.id(), NOON));
  }

  /** For example, the revocation endpoint only finds an earlier revocation, and commits nothing. */
  @Test
  void earlierRevocationThatIsNotReplicatedIsNotConfirmed() throws Exception {
    ServiceToken token = Samples.put(store, Samples.token("ci"));
    TokenDigest digest = store.digest(token.id()).orElseThrow();
    standby.pause();
    assertUnknownAfterCancellation(token);
    try (RevocationBarrier barrier = new RevocationBarrier(store)) {
      TokenChangeService changes =
          new TokenChangeService(
              barrier,
              AuditListener.NONE,
              Clock.systemUTC(),
              new UuidGenerator(new SecureRandom()));
      assertThrows(StoreUnavailableException.class, () -> changes.awaitEarlier(digest));
      assertThrows(StoreUnavailableException.class, () -> changes.awaitChanges(store, token.id()));
      awaitNoProcessThatWaitsForTheStandby();
      standby.resume();
      changes.awaitEarlier(digest);
      changes.awaitChanges(store, token.id());
    }
  }

  /** A host application can have changed the settings of the connection. */
  @Test
  void confirmationDoesNotDependOnTheSettingsOfTheConnection() throws Exception {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("set synchronous_commit = local");
      statement.execute("set client_min_messages = error");
      ChangeCounter.confirmed(connection, DatabaseKind.POSTGRESQL);
      standby.pause();
      assertThrows(
          SQLException.class, () -> ChangeCounter.confirmed(connection, DatabaseKind.POSTGRESQL));
      awaitNoProcessThatWaitsForTheStandby();
      standby.resume();
      ChangeCounter.confirmed(connection, DatabaseKind.POSTGRESQL);
    }
  }

  private void assertUnknownAfterCancellation(ServiceToken token) throws Exception {
    FutureTask<Revocation> revocation =
        new FutureTask<>(() -> Samples.revoke(store, token.id(), NOON));
    new Thread(revocation).start();
    Awaitility.await()
        .atMost(TIMEOUT)
        .until(
            () -> {
              primary.execute(
                  "select pg_cancel_backend(pid) from pg_stat_activity"
                      + " where wait_event = 'SyncRep' and datname <> 'postgres'");
              return revocation.isDone();
            });
    ExecutionException failed = assertThrows(ExecutionException.class, revocation::get);
    StoreUnavailableException cause =
        assertInstanceOf(StoreUnavailableException.class, failed.getCause());
    assertEquals("the outcome of a commit is unknown", cause.getMessage());
  }

  @Test
  void standbyGrantsNoLeaseUntilItIsThePrimary() {
    Samples.revoke(store, Samples.put(store, Samples.token("ci")).id(), NOON);
    String before = server(store);
    try (ConnectionPool other = open(onStandby());
        HibernateTokenStore promoted = new HibernateTokenStore(other)) {
      ServiceToken token = Samples.token("other");
      assertThrows(StoreUnavailableException.class, () -> Samples.put(promoted, token));
      assertThrows(StoreUnavailableException.class, () -> promoted.enlist(DURATIONS, false));
      standby.set("synchronous_standby_names", "");
      standby.execute("select pg_promote()");
      Awaitility.await()
          .atMost(TIMEOUT)
          .ignoreException(StoreUnavailableException.class)
          // An attempt that was reported as unavailable may have created its token.
          .until(() -> Samples.put(promoted, Samples.token("ci-" + UUID.randomUUID())) != null);
      assertNotEquals(before, server(promoted), "the timeline is part of the identity");
    }
  }

  /** Returns the identity of the server that the change feed reports. */
  private static String server(HibernateTokenStore store) {
    try (Replica replica = store.enlist(DURATIONS, false);
        ChangeFeed feed = replica.feed()) {
      ChangeFeed.Page page = feed.read(null);
      assertEquals(Optional.empty(), page.withheld());
      return page.server();
    }
  }

  /**
   * The server still responds to reads, because the server does not know that the standby was
   * promoted.
   */
  @Test
  void formerPrimaryServerGrantsNoLease() {
    ServiceToken token = Samples.put(store, Samples.token("ci"));
    try (Replica replica = store.enlist(DURATIONS, false);
        ChangeFeed feed = replica.feed()) {
      assertEquals(DURATIONS.length(), feed.read(null).lease());
      standby.execute("select pg_promote()");
      assertThrows(VerificationUnavailableException.class, () -> feed.read(null));
      assertTrue(store.find(token.id()).isPresent(), "reads without a proof succeed");
      primary.set("synchronous_standby_names", "");
    }
  }

  /**
   * A replica at the former primary server can still have a lease. A verifier in another
   * application would cache the outdated facts, and would not read the revocation again.
   */
  @Test
  void formerPrimaryServerIsNotReadForAVerifierThatKnowsTheNewOne() {
    Lease.Durations durations = Lease.Durations.of(Duration.ofHours(1), Duration.ZERO);
    RawToken rawToken = RawTokenFormat.DEFAULT.create(RawToken.Kind.SERVICE, new SecureRandom());
    Instant now = Instant.now();
    ServiceToken token = Samples.token("ci", Samples.PLATFORM, now, now.plus(Duration.ofDays(1)));
    store.create(token, rawToken.digest(), Samples.created(token));
    Lease lease = new Lease(durations, MachineClock.SYSTEM);
    CachedTokenVerifier verifier =
        new CachedTokenVerifier(
            new StoreTokenVerifier(store, ScopeCatalog.defaults(), Clock.systemUTC()),
            lease,
            MachineClock.SYSTEM,
            new CachedTokenVerifier.Limits(Duration.ofMinutes(5), 1_000, 2));
    try (Replica replica = store.enlist(durations, false);
        FeedFollower follower =
            new FeedFollower(replica.feed(), lease, verifier, MachineClock.SYSTEM).start();
        ConnectionPool other = open(onStandby())) {
      assertInstanceOf(Verification.Accepted.class, verifier.verify(rawToken));
      standby.set("synchronous_standby_names", "");
      standby.execute("select pg_promote()");
      try (HibernateTokenStore promoted = new HibernateTokenStore(other)) {
        Awaitility.await()
            .atMost(TIMEOUT)
            .ignoreException(StoreUnavailableException.class)
            .until(
                () -> Samples.revoke(promoted, token.id(), NOON),
                // An attempt that was reported as unavailable may have committed.
                result -> result == Revocation.DONE || result == Revocation.ALREADY_REVOKED);
        ChangeFeed.Position position = position(promoted, durations);
        assertThrows(
            VerificationUnavailableException.class, () -> verifier.verify(rawToken, position));
        ChangeFeed.Position own = follower.lastReceived().orElseThrow();
        assertInstanceOf(Verification.Accepted.class, verifier.verify(rawToken, own));
      } finally {
        primary.set("synchronous_standby_names", ""); // ends the reads that wait for the standby
      }
    }
  }

  /** Returns the end of the change feed. */
  private static ChangeFeed.Position position(
      HibernateTokenStore store, Lease.Durations durations) {
    try (Replica replica = store.enlist(durations, false);
        ChangeFeed feed = replica.feed()) {
      return feed.read(null).positionAfter(Optional.empty()).orElseThrow();
    }
  }

  /** Each abandoned wait for the standby would keep one process of the server. */
  @Test
  void failedReadsLeaveNoProcessOnTheServer() throws Exception {
    try (Replica replica = store.enlist(DURATIONS, false);
        ChangeFeed feed = replica.feed()) {
      feed.read(null);
      standby.pause();
      for (int i = 0; i < 5; i++) {
        assertThrows(VerificationUnavailableException.class, () -> feed.read(null));
      }
      // A process that is not ended waits until the standby runs again.
      Awaitility.await()
          .untilAsserted(
              () -> {
                int waiting = processesThatWaitForTheStandby();
                assertTrue(
                    waiting <= 1, waiting + " processes wait; the heartbeat can be one of them");
              });
      standby.resume();
    }
  }

  /** An abandoned wait would only end when the standby runs again. */
  private void awaitNoProcessThatWaitsForTheStandby() {
    Awaitility.await().until(() -> processesThatWaitForTheStandby() == 0);
  }

  private int processesThatWaitForTheStandby() throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select count(*) from pg_stat_activity where wait_event = 'SyncRep'")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  @Test
  void readsOfAStandbyGrantNoLease() {
    AtomicBoolean balanced = new AtomicBoolean();
    try (ConnectionPool other = open(onStandby());
        HibernateTokenStore host =
            new HibernateTokenStore(
                new DelegatingDataSource(pool) {
                  @Override
                  public Connection getConnection() throws SQLException {
                    return (balanced.get() ? other : pool).getConnection();
                  }
                });
        Replica replica = host.enlist(DURATIONS, false);
        ChangeFeed feed = replica.feed()) {
      balanced.set(true);
      ChangeFeed.Page page = feed.read(null);
      assertEquals(Duration.ZERO, page.lease());
      String reason = page.withheld().orElseThrow();
      assertTrue(reason.contains("standby"), reason);
      balanced.set(false);
    }
  }
}
