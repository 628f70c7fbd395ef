package io.accesstokens.store.feed;

import static io.accesstokens.store.Samples.NOON;
import static io.accesstokens.store.Samples.created;
import static io.accesstokens.store.Samples.revoked;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.accesstokens.store.Samples;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.hibernate.TestPools;
import io.accesstokens.store.jdbc.ChangeCounter;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.jdbc.DatabaseRefusedException;
import io.accesstokens.store.jdbc.DelegatingDataSource;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.testing.RecordedLog;
import io.accesstokens.testing.TestDouble;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditListener;
import io.accesstokens.token.revocation.RevocationBarrier;
import io.accesstokens.token.revocation.TokenChangeService;
import io.accesstokens.token.service.StoreTokenVerifier;
import io.accesstokens.token.store.TokenUpdate;
import io.accesstokens.verify.CachedTokenVerifier;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.FeedFollower;
import io.accesstokens.verify.Lease;
import io.accesstokens.verify.MachineClock;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationUnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests replicas that cache verdicts of one database. All replicas run in this process. */
abstract class ReplicasContract {

  static final Lease.Durations DURATIONS =
      Lease.Durations.of(Duration.ofMillis(300), Duration.ZERO);
  private static final Lease.Durations LONGER =
      Lease.Durations.of(Duration.ofSeconds(3), Duration.ZERO);
  private static final Lease.Durations SHORTER =
      Lease.Durations.of(Duration.ofMillis(200), Duration.ZERO);
  static final Duration TIMEOUT = Duration.ofSeconds(60);

  static final class Member implements AutoCloseable {
    private final ConnectionPool pool;
    private final HibernateTokenStore store;
    private final Replica replica;
    private final CachedTokenVerifier verifier;
    private final FeedFollower follower;
    private final RevocationBarrier barrier;

    Member(TestDatabase database, Lease.Durations durations, boolean single) {
      pool = TestPools.open(database, 4);
      Migrations.migrate(pool);
      store = new HibernateTokenStore(pool);
      try {
        replica = store.enlist(durations, single);
      } catch (RuntimeException e) {
        store.close();
        pool.close();
        throw e;
      }
      Lease lease = new Lease(durations, MachineClock.SYSTEM);
      verifier =
          new CachedTokenVerifier(
              new StoreTokenVerifier(store, ScopeCatalog.defaults(), Clock.systemUTC()),
              lease,
              MachineClock.SYSTEM,
              new CachedTokenVerifier.Limits(Duration.ofMinutes(5), 1_000, 2));
      follower = new FeedFollower(replica.feed(), lease, verifier, MachineClock.SYSTEM).start();
      barrier = new RevocationBarrier(store, verifier, follower, null);
    }

    TestToken create(String name) {
      RawToken rawToken = RawTokenFormat.DEFAULT.create(RawToken.Kind.SERVICE, new SecureRandom());
      Instant now = Instant.now();
      ServiceToken token = Samples.token(name, Samples.PLATFORM, now, now.plus(Duration.ofDays(1)));
      store.create(token, rawToken.digest(), created(token));
      return new TestToken(token, rawToken);
    }

    /** Revokes the token, and returns when the revocation is final. */
    void revoke(TestToken made) {
      Samples.revoke(store, made.token().id(), Instant.now());
      barrier.applyChange(store.digest(made.token().id())).toCompletableFuture().join();
    }

    /** Sets the scopes of the token, and returns when the change is final. */
    void setScopes(TestToken made, List<String> scopes) {
      store.update(
          made.token().id(),
          token ->
              new TokenUpdate(
                  token.changed(token.description(), scopes, token.expiresAt(), token.limits()),
                  new AuditEvent(
                      UUID.randomUUID(),
                      token.id(),
                      AuditEvent.Type.UPDATED,
                      "x",
                      Map.of(),
                      NOON)));
      barrier.applyChange(store.digest(made.token().id())).toCompletableFuture().join();
    }

    List<String> scopes(TestToken made) {
      return ((Verification.Accepted) verifier.verify(made.rawToken())).scopes();
    }

    boolean accepts(TestToken made) {
      return verifier.verify(made.rawToken()) instanceof Verification.Accepted;
    }

    @Override
    public void close() {
      barrier.close();
      follower.close();
      replica.close();
      store.close();
      pool.close();
    }
  }

  record TestToken(ServiceToken token, RawToken rawToken) {}

  private final List<Member> members = new CopyOnWriteArrayList<>();
  private TestDatabase database;
  private final Sql sql = new Sql(() -> database.connect());

  /** Creates an empty database. */
  abstract TestDatabase newDatabase();

  @BeforeEach
  void open() {
    database = newDatabase();
  }

  @AfterEach
  void closeAll() {
    members.forEach(Member::close);
  }

  private Member start(boolean single) {
    return start(DURATIONS, single);
  }

  private Member start(Lease.Durations durations, boolean single) {
    return start(database, durations, single);
  }

  Member start(TestDatabase database, Lease.Durations durations, boolean single) {
    Member member = new Member(database, durations, single);
    members.add(member);
    return member;
  }

  @Test
  void revocationIsFinalOnAllReplicasWhenItReturns() {
    Member first = start(false);
    Member second = start(false);
    for (int i = 0; i < 12; i++) {
      TestToken made = first.create("ci-" + i);
      AtomicBoolean completed = new AtomicBoolean();
      AtomicBoolean tooLate = new AtomicBoolean();
      List<CompletableFuture<Void>> callers = new ArrayList<>();
      assertTrue(first.accepts(made), "first replica accepts the new token");
      assertTrue(second.accepts(made), "second replica accepts the new token");
      for (Member member : List.of(first, second)) {
        callers.add(
            CompletableFuture.runAsync(
                () -> {
                  while (true) {
                    boolean promised = completed.get();
                    if (!member.accepts(made)) {
                      return;
                    }
                    tooLate.compareAndSet(false, promised);
                  }
                },
                work -> new Thread(work).start()));
      }
      (i % 2 == 0 ? first : second).revoke(made);
      completed.set(true);
      callers.forEach(CompletableFuture::join);
      assertEquals(false, tooLate.get());
    }
  }

  @Test
  void updateIsInEffectOnAllReplicasWhenItReturns() {
    Member first = start(false);
    Member second = start(false);
    TestToken made = first.create("ci");
    for (int i = 0; i < 12; i++) {
      first.scopes(made);
      second.scopes(made);
      List<String> scopes = i % 4 < 2 ? List.of("catalog:read") : List.of("a", "catalog:read");
      (i % 2 == 0 ? first : second).setScopes(made, scopes);
      assertEquals(scopes, first.scopes(made));
      assertEquals(scopes, second.scopes(made));
    }
  }

  @Test
  void otherDurationsAreRefusedWhileReplicasAreActive() throws Exception {
    tolerateAStop(this::changeDurationsOfAnActiveReplica);
  }

  private void changeDurationsOfAnActiveReplica() {
    Member first = start(false);
    Lease.Durations others = Lease.Durations.of(Duration.ofMillis(200), Duration.ZERO);
    DatabaseRefusedException refused =
        assertThrows(DatabaseRefusedException.class, () -> start(others, false));
    assertTrue(String.valueOf(refused.getMessage()).contains("leaseMillis 300"), refused::toString);
    members.remove(first);
    first.close();
    long begun = System.nanoTime();
    Member changed = start(others, false);
    Duration waited = Duration.ofNanos(System.nanoTime() - begun);
    TimeLimits.assertAlways(
        waited.compareTo(DURATIONS.untilFinal()) >= 0, () -> "former leases: " + waited);
    TestToken made = changed.create("ci");
    assertTrue(changed.accepts(made), "new token is accepted");
    changed.revoke(made);
    assertEquals(others.untilFinal(), changed.store.untilFinal());
    boolean accepted = changed.accepts(made);
    TimeLimits.assertAlways(!accepted, () -> "accepted after the revocation");
  }

  /** A process that cannot reach the database updates no entry, but keeps its lease. */
  @Test
  void replicaCanBeActiveUntilTheEndOfItsOutage() throws Exception {
    Member first = start(Lease.Durations.of(DURATIONS.length(), Duration.ofHours(1)), false);
    LocalDateTime now = lastHeartbeat();
    members.remove(first);
    first.close();
    addReplica("isolated", now.minusSeconds(60));
    assertThrows(DatabaseRefusedException.class, () -> start(false));
  }

  @Test
  void longerOutageCausesNoWaitAtTheNextStart() {
    Lease.Durations former =
        Lease.Durations.of(DURATIONS.length().multipliedBy(2), Duration.ofHours(1));
    Member first = start(former, false);
    members.remove(first);
    first.close();
    long begun = System.nanoTime();
    start(false);
    Duration waited = Duration.ofNanos(System.nanoTime() - begun);
    assertTrue(waited.compareTo(former.untilFinalRemotely()) >= 0, "former leases: " + waited);
    assertTrue(waited.compareTo(former.outage()) < 0, "no verifier uses the outage: " + waited);
  }

  @Test
  void shorterLeaseIsRefusedWithoutAWaitWhileReplicasAreActive() {
    Lease.Durations hour = Lease.Durations.of(Duration.ofHours(1), Duration.ZERO);
    start(hour, false);
    assertTimeoutPreemptively(
        TIMEOUT, () -> assertThrows(DatabaseRefusedException.class, () -> start(false)));
  }

  /** Starts and stops a replica with a longer lease than {@link #DURATIONS}. */
  private void runWithLongerLease() {
    runAndStop(LONGER);
  }

  private void runAndStop(Lease.Durations durations) {
    Member former = start(durations, false);
    members.remove(former);
    former.close();
  }

  private void awaitListed(long replicas) {
    Awaitility.await()
        .atMost(TIMEOUT)
        .until(() -> sql.number("select count(*) from access_token_replicas") == replicas);
  }

  private static Thread thread(Runnable work) {
    return new Thread(work, "starting replica");
  }

  @Test
  void replicaWithAFormerLeaseCannotStartWhileOthersWaitForFormerLeases() throws Exception {
    tolerateAStop(this::startWithAFormerLeaseDuringTheWait);
  }

  private void startWithAFormerLeaseDuringTheWait() {
    runWithLongerLease();
    List<CompletableFuture<Member>> waiting = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      waiting.add(CompletableFuture.supplyAsync(() -> start(false), work -> thread(work).start()));
    }
    awaitListed(2);
    DatabaseRefusedException refused =
        assertThrows(DatabaseRefusedException.class, () -> start(LONGER, false));
    assertTrue(String.valueOf(refused.getMessage()).contains("leaseMillis 300"), refused::toString);
    for (int i = 0; i < 2; i++) {
      Member started = waiting.get(i).join();
      TestToken made = started.create("ci-" + i);
      assertTrue(started.accepts(made), "new token is accepted");
      assertEquals(DURATIONS.untilFinal(), started.store.untilFinal());
    }
  }

  @Test
  void waitForFormerLeasesBeginsAgainIfAReplicaHasGrantedOneMeanwhile() throws Exception {
    tolerateAStop(this::grantALongerLeaseDuringTheWait);
  }

  private void grantALongerLeaseDuringTheWait() throws Exception {
    runWithLongerLease();
    CompletableFuture<Member> waiting =
        CompletableFuture.supplyAsync(() -> start(false), work -> thread(work).start());
    awaitListed(1);
    // Simulates that this process was suspended, and that a replica with the former lease has
    // started and stopped.
    sql.execute(
        "update access_token_change_counter set lease_millis = %d, margin_millis = %d"
            .formatted(LONGER.length().toMillis(), LONGER.margin().toMillis()));
    sql.execute("delete from access_token_replicas");
    assertWaits(LONGER.untilFinalRemotely(), waiting::join);
  }

  /**
   * Runs a test. If the machine stops meanwhile, runs the test again on an empty database. After
   * such a stop, the wait for former leases is over, or a running replica counts as stopped.
   */
  private void tolerateAStop(TimeLimits.Test<Exception> test) throws Exception {
    TimeLimits.repeatAfterStop(
        () -> {
          members.forEach(Member::close);
          members.clear();
          database = newDatabase();
          test.run();
        });
  }

  @Test
  void replicaThatWasKilledDuringTheWaitDoesNotShortenTheNextWait() throws Exception {
    runAndStop(Lease.Durations.of(Duration.ofHours(1), Duration.ZERO));
    try (RecordedLog log = new RecordedLog(Replica.class)) {
      startAndKillDuringTheWait(log, 1);
      startAndKillDuringTheWait(log, 2);
      assertEquals(1, Set.copyOf(waits(log)).size(), log.lines()::toString);
    }
  }

  /**
   * Starts a replica, and interrupts its wait for former leases.
   *
   * @param waits the number of waits that the log contains when the wait has begun
   */
  private void startAndKillDuringTheWait(RecordedLog log, int waits) throws Exception {
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread killed =
        thread(
            () -> {
              assertThrows(StoreUnavailableException.class, () -> start(false));
              interrupted.set(true);
            });
    killed.start();
    Awaitility.await().atMost(TIMEOUT).until(() -> waits(log).size() == waits);
    killed.interrupt();
    killed.join();
    assertTrue(interrupted.get(), "the start was interrupted");
  }

  /** Returns the log lines about waits for former leases, which contain the length of the wait. */
  private static List<String> waits(RecordedLog log) {
    return log.lines().stream().filter(line -> line.contains("end of former leases")).toList();
  }

  /** Runs the documented statements. */
  private void repairCounter() throws Exception {
    members.forEach(Member::close);
    members.clear();
    String page = Files.readString(Path.of("src/docs/replicas-and-revocation.md"));
    int begin = page.indexOf("delete from access_token_change_counter;");
    String statements = page.substring(begin, page.indexOf("```", begin)).strip();
    for (String statement : statements.split(";", 0)) {
      sql.execute(statement);
    }
  }

  private static void assertCounterUnusable(Runnable work) {
    StoreUnavailableException e = assertThrows(StoreUnavailableException.class, work::run);
    assertTrue(
        String.valueOf(e.getMessage()).startsWith("the row of access_token_change_counter"),
        e::toString);
  }

  private static void awaitRefusalOfTokens(Member member, TestToken token, RecordedLog log) {
    String line = "row of access_token_change_counter";
    Awaitility.await()
        .atMost(TIMEOUT)
        .until(() -> log.lines().stream().anyMatch(logged -> logged.contains(line)));
    Awaitility.await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () ->
                assertThrows(VerificationUnavailableException.class, () -> member.accepts(token)));
  }

  @Test
  void changesAndTokensAreRefusedWithoutTheCounterRow() throws Exception {
    Member first = start(false);
    TestToken made = first.create("ci");
    assertTrue(first.accepts(made), "new token is accepted");
    try (RecordedLog log = new RecordedLog(FeedFollower.class)) {
      sql.execute("delete from access_token_change_counter");
      assertCounterUnusable(() -> Samples.revoke(first.store, made.token().id(), Instant.now()));
      assertEquals(0, sql.count("service_access_tokens where revoked_at is not null"));
      awaitRefusalOfTokens(first, made, log);
      assertCounterUnusable(() -> start(false));
    }
    repairCounter();
    Member repaired = start(false);
    assertTrue(repaired.accepts(made), "token is accepted after the repair");
    repaired.revoke(made);
    assertEquals(false, repaired.accepts(made));
  }

  /** For example, the row was restored from a backup, and the entries were not. */
  @Test
  void changesAndTokensAreRefusedIfTheCounterRowIsOlderThanTheEntries() throws Exception {
    Member first = start(false);
    TestToken revoked = first.create("revoked");
    first.revoke(revoked);
    TestToken made = first.create("ci");
    try (RecordedLog log = new RecordedLog(FeedFollower.class)) {
      sql.execute("update access_token_change_counter set last_number = last_number - 1");
      assertCounterUnusable(() -> Samples.revoke(first.store, made.token().id(), Instant.now()));
      awaitRefusalOfTokens(first, made, log);
    }
    repairCounter();
    Member repaired = start(false);
    repaired.revoke(made);
    assertEquals(false, repaired.accepts(made));
    assertEquals(false, repaired.accepts(revoked));
  }

  /**
   * Runs a test with a replica whose clock shows only the time that the test sets.
   *
   * @param nanoTime returns the time of the clock, in nanoseconds
   */
  private void withControlledClock(LongSupplier nanoTime, ControlledClockTest test)
      throws Exception {
    try (ConnectionPool pool = TestPools.open(database, 4)) {
      Migrations.migrate(pool);
      AtomicBoolean failing = new AtomicBoolean();
      DataSource dataSource =
          new DelegatingDataSource(pool) {
            @Override
            public Connection getConnection() throws SQLException {
              if (failing.get()) {
                throw new SQLTransientConnectionException("no connection", "08001");
              }
              return pool.getConnection();
            }
          };
      try (Database opened = new Database(dataSource)) {
        test.run(
            () -> new Replica(opened, dataSource, new ChangeCounter(), DURATIONS, false, nanoTime),
            failing);
      }
    }
  }

  private interface ControlledClockTest {
    void run(Supplier<Replica> enlist, AtomicBoolean failing) throws Exception;
  }

  @Test
  void replicaIsSeenAfterALongWaitForFormerLeases() throws Exception {
    runWithLongerLease();
    AtomicBoolean hasBegun = new AtomicBoolean(); // the first time is read before the wait
    withControlledClock(
        () -> hasBegun.getAndSet(true) ? Duration.ofMinutes(1).toNanos() : 0,
        (enlist, failing) -> {
          try (Replica replica = enlist.get()) {
            assertTrue(replica.isSeen(), "the entry in the list is new");
          }
        });
  }

  /** For example, the database was unavailable for longer than the replica's entry is valid. */
  @Test
  void readAfterALongOutageGrantsALease() throws Exception {
    AtomicLong passed = new AtomicLong();
    withControlledClock(
        passed::get,
        (enlist, failing) -> {
          try (Replica replica = enlist.get();
              ChangeFeed feed = replica.feed()) {
            assertEquals(DURATIONS.length(), feed.read(null).lease());
            failing.set(true); // first, because the heartbeat could succeed
            passed.set(Duration.ofMinutes(1).toNanos());
            // An outage, in contrast to a page without a lease, does not end the use of the cache.
            assertThrows(VerificationUnavailableException.class, () -> feed.read(null));
            failing.set(false);
            assertEquals(DURATIONS.length(), feed.read(null).lease());
          }
        });
  }

  @Test
  void processThatCannotBeRemovedReportsHowLongItCountsAsRunning() throws Exception {
    try (RecordedLog log = new RecordedLog(Replica.class)) {
      withControlledClock(
          () -> 0,
          (enlist, failing) -> {
            try (Replica replica = enlist.get()) {
              assertTrue(replica.isSeen());
              failing.set(true);
            }
          });
      assertTrue(
          log.lines().stream().anyMatch(line -> line.contains("running for up to 14 seconds")),
          log.lines()::toString);
    }
    // The test can be stopped for longer than the entry of the process counts.
    addReplica("killed", lastHeartbeat().plusHours(1));
    DatabaseRefusedException refused =
        assertThrows(DatabaseRefusedException.class, () -> start(SHORTER, false));
    assertTrue(
        String.valueOf(refused.getMessage()).endsWith("wait 14 s if one was killed"),
        refused::toString);
  }

  /** The moment at which a connection is lost. */
  private enum Loss {
    BEFORE_THE_COUNTER_IS_READ,
    AFTER_THE_COMMIT
  }

  /** The database ends a transaction that is idle for a second. */
  @Test
  void slowStartDoesNotPreventTheEntryInTheList() {
    startWithLoss(Loss.BEFORE_THE_COUNTER_IS_READ);
  }

  @Test
  void lostResponseToACommitDoesNotShortenTheWaitForFormerLeases() {
    runWithLongerLease();
    assertWaits(LONGER.untilFinalRemotely(), () -> startWithLoss(Loss.AFTER_THE_COMMIT));
  }

  /** Starts a replica whose first transaction loses its connection. */
  private void startWithLoss(Loss first) {
    AtomicReference<@Nullable Loss> loss = new AtomicReference<>();
    try (ConnectionPool pool = TestPools.open(database, 4)) {
      Migrations.migrate(pool);
      DataSource dataSource =
          new DelegatingDataSource(pool) {
            @Override
            public Connection getConnection() throws SQLException {
              return losing(pool.getConnection(), loss);
            }
          };
      try (HibernateTokenStore store = new HibernateTokenStore(dataSource)) {
        loss.set(first);
        try (Replica replica = store.enlist(DURATIONS, false);
            ChangeFeed feed = replica.feed()) {
          assertNull(loss.get(), "no connection was lost");
          assertEquals(DURATIONS.length(), feed.read(null).lease());
        }
      }
    }
  }

  /**
   * Returns a connection that is lost at the given moment.
   *
   * @param loss set to null when a connection is lost
   */
  private static Connection losing(Connection connection, AtomicReference<@Nullable Loss> loss) {
    return TestDouble.around(
        Connection.class,
        connection,
        call -> {
          boolean read =
              call.name().equals("prepareStatement")
                  && String.valueOf(call.argument(0)).startsWith("select")
                  && String.valueOf(call.argument(0)).contains("access_token_change_counter");
          if (read && loss.compareAndSet(Loss.BEFORE_THE_COUNTER_IS_READ, null)) {
            connection.abort(Runnable::run);
          }
          @Nullable Object result = call.proceed();
          if (call.name().equals("commit") && loss.compareAndSet(Loss.AFTER_THE_COMMIT, null)) {
            connection.abort(Runnable::run);
            throw new SQLException("the connection was lost", "08006");
          }
          return result;
        });
  }

  /** In a transaction of the container's isolation level, all reads would see the same rows. */
  @Test
  void feedDoesNotKeepAConnectionThatLacksSettings() throws Exception {
    Map<String, Throwable> failures = new ConcurrentHashMap<>();
    try (HikariDataSource host = new HikariDataSource()) {
      host.setJdbcUrl(database.url());
      host.setUsername(database.user());
      host.setPassword(database.password());
      host.setAutoCommit(false);
      host.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
      Migrations.migrate(host);
      DataSource dataSource =
          new DelegatingDataSource(host) {
            @Override
            public Connection getConnection() throws SQLException {
              return failing(host.getConnection(), failures);
            }
          };
      try (HibernateTokenStore store = new HibernateTokenStore(dataSource);
          Replica replica = store.enlist(DURATIONS, false);
          ChangeFeed feed = replica.feed()) {
        feed.read(null);
        failures.put("prepareStatement", new SQLException("of the test"));
        assertThrows(VerificationUnavailableException.class, () -> feed.read(null));
        failures.put("getNetworkTimeout", new OutOfMemoryError("of the test"));
        assertThrows(OutOfMemoryError.class, () -> feed.read(null));
        long before = feed.read(null).lastNumber();
        sql.execute("update access_token_change_counter set last_number = last_number + 1");
        assertEquals(before + 1, feed.read(null).lastNumber());
      }
    }
  }

  /**
   * Returns a connection that throws each failure once, when the feed calls the method of that
   * name.
   *
   * @param failures the failures by the names of the methods
   */
  private static Connection failing(Connection connection, Map<String, Throwable> failures) {
    return TestDouble.around(
        Connection.class,
        connection,
        call -> {
          String name = call.name();
          boolean ofOthers =
              name.equals("prepareStatement")
                  && !String.valueOf(call.argument(0)).contains("access_token_changes e ");
          Throwable failure = ofOthers ? null : failures.remove(name);
          if (failure != null) {
            throw failure;
          }
          return call.proceed();
        });
  }

  /** For example, no thread can be created for a new connection, and the disk is full. */
  @Test
  void heartbeatContinuesAfterAnErrorAndAFailureOfTheLogger() throws Exception {
    AtomicBoolean failing = new AtomicBoolean();
    try (RecordedLog log = new RecordedLog(Replica.class);
        ConnectionPool pool = TestPools.open(database, 4)) {
      Migrations.migrate(pool);
      DataSource dataSource =
          new DelegatingDataSource(pool) {
            @Override
            public Connection getConnection() throws SQLException {
              if (failing.compareAndSet(true, false)) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              return pool.getConnection();
            }
          };
      try (HibernateTokenStore store = new HibernateTokenStore(dataSource);
          Replica replica = store.enlist(DURATIONS, false)) {
        log.failOnce();
        failing.set(true);
        Awaitility.await().atMost(TIMEOUT).until(() -> !failing.get());
        LocalDateTime before = lastHeartbeat();
        Awaitility.await().atMost(TIMEOUT).until(() -> lastHeartbeat().isAfter(before));
        Awaitility.await("replica is seen again").atMost(TIMEOUT).until(replica::isSeen);
        assertEquals(false, log.isFailing());
      }
    }
  }

  private LocalDateTime lastHeartbeat() throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select seen_at from access_token_replicas")) {
      assertTrue(row.next(), "the list contains the replica");
      return row.getObject(1, LocalDateTime.class);
    }
  }

  @Test
  void secondSingleReplicaReplacesTheFirst() throws Exception {
    Member first = start(true);
    TestToken one = first.create("one");
    TestToken two = first.create("two");
    assertTrue(first.accepts(one), "first token is accepted");
    assertTrue(first.accepts(two), "second token is accepted");
    Awaitility.await().until(() -> first.store.untilFinal().isZero());
    TestToken three = first.create("three");
    assertTrue(first.accepts(three), "third token is accepted");
    first.revoke(three);
    assertEquals(Duration.ZERO, first.store.untilFinal());
    assertEquals(false, first.accepts(three));

    Member second = start(true);
    assertTrue(second.accepts(one), "second replica accepts the first token");
    second.revoke(one);
    assertEquals(false, acceptsIfAvailable(first, one));
    first.revoke(two);
    assertEquals(DURATIONS.untilFinal(), first.store.untilFinal());
    assertEquals(false, acceptsIfAvailable(second, two));
    assertThrows(
        VerificationUnavailableException.class, () -> first.verifier.verify(one.rawToken()));
  }

  /** Returns a service that waits for earlier changes, as for a repeated request. */
  private static TokenChangeService repeats(RevocationBarrier barrier) {
    return new TokenChangeService(
        barrier, AuditListener.NONE, Clock.systemUTC(), new UuidGenerator(new SecureRandom()));
  }

  private static void assertWaits(Duration shortest, Runnable wait) {
    long begun = System.nanoTime();
    wait.run();
    Duration waited = Duration.ofNanos(System.nanoTime() - begun);
    assertTrue(waited.compareTo(shortest) >= 0, "the wait was too short: " + waited);
  }

  @Test
  void startedReplicaWaitsForChangesOfOthers() {
    Member first = start(false);
    TestToken revoked = first.create("revoked");
    TestToken rotated = first.create("rotated");
    Samples.revoke(first.store, revoked.token().id(), Instant.now());
    Member second = start(false);
    assertEquals(DURATIONS.untilFinal(), second.store.untilFinal());
    TokenChangeService repeats = repeats(second.barrier);
    assertWaits(DURATIONS.untilFinal(), () -> repeats.awaitEarlier(revoked.rawToken().digest()));
    assertWaits(
        DURATIONS.untilFinal(), () -> repeats.awaitChanges(second.store, rotated.token().id()));
  }

  @Test
  void replacedSingleReplicaWaitsForChangesOfOthers() {
    Member first = start(true);
    TestToken made = first.create("ci");
    Awaitility.await().until(() -> first.store.untilFinal().isZero());
    Member second = start(true);
    Samples.revoke(second.store, made.token().id(), Instant.now());
    assertWaits(
        DURATIONS.untilFinal(),
        () -> repeats(first.barrier).awaitChanges(first.store, made.token().id()));
  }

  @Test
  void soleReplicaDoesNotWaitForItsEarlierChanges() {
    Member only = start(true);
    TestToken made = only.create("ci");
    Awaitility.await().until(() -> only.store.untilFinal().isZero());
    Samples.revoke(only.store, made.token().id(), Instant.now());
    repeats(only.barrier).awaitEarlier(made.rawToken().digest());
    assertEquals(Duration.ZERO, only.store.untilFinal());
  }

  /** For example, a command or a service that caches no verdicts. */
  @Test
  void processOutsideTheListWaitsForChangesOfReplicas() {
    Member replica = start(false);
    TestToken made = replica.create("ci");
    Samples.revoke(replica.store, made.token().id(), Instant.now());
    try (HibernateTokenStore store = new HibernateTokenStore(replica.pool);
        RevocationBarrier barrier = new RevocationBarrier(store)) {
      assertWaits(
          DURATIONS.untilFinal(), () -> repeats(barrier).awaitEarlier(made.rawToken().digest()));
    }
  }

  static boolean acceptsIfAvailable(Member member, TestToken made) {
    try {
      return member.accepts(made);
    } catch (VerificationUnavailableException e) {
      return false;
    }
  }

  @Test
  void gapInTheFeedClearsTheCache() throws Exception {
    Member first = start(false);
    Member second = start(false);
    TestToken made = first.create("ci");
    TestToken other = first.create("other");
    assertTrue(second.accepts(made), "first token is accepted");
    assertTrue(second.accepts(other), "second token is accepted");
    // Simulates an older version or a restore: a change without a feed entry.
    sql.execute("update service_access_tokens set revoked_at = created_at, revoked_by = 'x'");
    sql.execute("update access_token_change_counter set last_number = last_number + 5");
    long end = System.nanoTime() + TIMEOUT.toNanos();
    while (second.accepts(made)) {
      assertTrue(System.nanoTime() < end, "still cached");
    }
    assertEquals(false, second.accepts(other));
  }

  @Test
  void lostCommitEndsTheLease() throws Exception {
    Member first = start(false);
    TestToken made = first.create("ci");
    TestToken other = first.create("other");
    assertTrue(first.accepts(other), "token is accepted while the lease lasts");
    first.revoke(made);
    sql.execute("delete from access_token_changes");
    sql.execute("update access_token_change_counter set last_number = 0");
    Awaitility.await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () ->
                assertThrows(
                    VerificationUnavailableException.class,
                    () -> first.verifier.verify(other.rawToken())));
  }

  private void writeEntries(Member member, List<Instant> times) {
    for (Instant at : times) {
      ServiceToken token = member.create("ci-" + UUID.randomUUID()).token();
      Samples.revoke(member.store, token.id(), at);
    }
  }

  @Test
  void entriesOfTheLastHourAreKept() throws Exception {
    Member first = start(false);
    Instant now = NOON.plus(FeedTrim.KEPT);
    writeEntries(first, List.of(NOON.minusMillis(1), NOON, now.plus(FeedTrim.KEPT), now));
    first.store.maintain(now);
    assertEquals(2, sql.number("select min(change_number) from access_token_changes"));
    assertEquals(3, sql.number("select count(*) from access_token_changes"));
  }

  /** Each entry except the last is old, or a wrong clock has written it. */
  @Test
  void entriesOfAWrongClockAreTrimmed() throws Exception {
    Member first = start(false);
    Instant now = NOON.plus(Duration.ofHours(2));
    Instant tonight = now.plus(Duration.ofHours(10));
    Instant nextYear = now.plus(Duration.ofDays(365));
    writeEntries(first, List.of(NOON, tonight, NOON, nextYear, now));
    first.store.maintain(now);
    assertEquals(5, sql.number("select min(change_number) from access_token_changes"));
    assertEquals(1, sql.number("select count(*) from access_token_changes"));
  }

  @Test
  void entriesOfKilledReplicasAreDeletedAfterADay() throws Exception {
    start(false);
    LocalDateTime dayAgo = lastHeartbeat().minusDays(1);
    addReplica("killed", dayAgo.minusMinutes(1));
    addReplica("recent", dayAgo.plusMinutes(1));
    start(false);
    assertEquals(1, sql.number("select count(*) from access_token_replicas where id = 'recent'"));
    assertEquals(3, sql.number("select count(*) from access_token_replicas"));
  }

  private void addReplica(String id, LocalDateTime seenAt) throws SQLException {
    sql.execute(
        "insert into access_token_replicas (id, seen_at) values ('%s', timestamp '%s')"
            .formatted(id, Timestamp.valueOf(seenAt)));
  }

  @Test
  void oldEntriesAreTrimmedExceptTheLast() throws Exception {
    Member first = start(false);
    for (int i = 0; i < 3; i++) {
      ServiceToken token = first.create("ci-" + i).token();
      Samples.revoke(first.store, token.id(), NOON);
    }
    first.store.maintain(NOON.plus(Duration.ofHours(2)));
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery("select change_number from access_token_changes")) {
      assertTrue(rows.next(), "last feed entry is kept");
      assertEquals(3, rows.getLong(1));
      assertEquals(false, rows.next());
    }
    TestToken made = first.create("ci");
    assertTrue(first.accepts(made), "new token is accepted");
    first.revoke(made);
    assertEquals(false, first.accepts(made));
  }
}
