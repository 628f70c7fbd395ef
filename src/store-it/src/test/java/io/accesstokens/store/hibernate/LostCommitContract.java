package io.accesstokens.store.hibernate;

import static io.accesstokens.store.Samples.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.Samples;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.jdbc.DelegatingDataSource;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.testing.TcpProxy;
import io.accesstokens.testing.TestDouble;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.server.DatabaseServer;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests a client whose network fails immediately after the client has sent the last statement of a
 * change.
 */
abstract class LostCommitContract {

  private static final String COUNTER = "update access_token_change_counter";

  /**
   * Maximum duration of a change that does not wait for the lock. The server disconnects a stopped
   * client that holds the lock after one second, so the limit is far below one second.
   */
  private static final Duration UNDELAYED = Duration.ofMillis(300);

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private TestDatabase database;
  private final Sql sql = new Sql(() -> database.connect());
  private final AtomicInteger lastStatements = new AtomicInteger();
  private TcpProxy network;
  private ConnectionPool pool;
  private ConnectionPool disturbed;
  private HibernateTokenStore store;
  private HibernateTokenStore cutOff;
  private ServiceToken token;
  private ServiceToken other;
  private volatile Runnable beforeTheLast = () -> {};

  /** Returns the running server. */
  abstract DatabaseServer server();

  /** Returns the parameter of the JDBC URL that sets a network timeout of four seconds. */
  abstract String fourSeconds();

  /** Returns the SQL query for the number of other sessions that wait for the counter's lock. */
  abstract String waitingSessions();

  @BeforeEach
  void open() throws Exception {
    database = server().newDatabase();
    pool = TestPools.open(database, 4);
    Migrations.migrate(pool);
    store = new HibernateTokenStore(pool);
    int port = server().port();
    network = TcpProxy.to(port);
    String url = database.url().replace(":" + port + "/", ":" + network.port() + "/");
    disturbed =
        ConnectionPool.open(url + "?" + fourSeconds(), database.user(), database.password(), 4);
    cutOff = new HibernateTokenStore(watched(disturbed));
    token = Samples.put(store, Samples.token("ci"));
    other = Samples.put(store, Samples.token("other"));
  }

  @AfterEach
  void close() throws Exception {
    network.restore();
    cutOff.close();
    disturbed.close();
    network.close();
    store.close();
    pool.close();
  }

  /**
   * Wraps a pool so that {@link #beforeTheLast} runs when the statement that takes the counter's
   * lock is prepared.
   */
  private DelegatingDataSource watched(ConnectionPool pool) {
    return new DelegatingDataSource(pool) {
      @Override
      public Connection getConnection() throws SQLException {
        return watched(pool.getConnection());
      }
    };
  }

  private Connection watched(Connection connection) {
    return TestDouble.around(
        Connection.class,
        connection,
        call -> {
          if (call.name().equals("prepareStatement")
              && String.valueOf(call.argument(0)).contains(COUNTER)) {
            lastStatements.incrementAndGet();
            beforeTheLast.run();
          }
          return call.proceed();
        });
  }

  private FutureTask<Revocation> revokeAtCutOff(UUID id) {
    FutureTask<Revocation> revocation = new FutureTask<>(() -> Samples.revoke(cutOff, id, NOON));
    new Thread(revocation).start();
    return revocation;
  }

  private static void assertOutcomeUnknown(FutureTask<Revocation> revocation) {
    ExecutionException failed =
        assertThrows(
            ExecutionException.class,
            () -> revocation.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
    StoreUnavailableException unknown =
        assertInstanceOf(StoreUnavailableException.class, failed.getCause(), failed::toString);
    assertTrue(String.valueOf(unknown.getMessage()).contains("commit"), unknown::toString);
  }

  private long entries() throws SQLException {
    return sql.number("select count(*) from access_token_changes");
  }

  @Test
  void lostResponseDelaysNoOtherClient() throws Exception {
    Samples.revoke(store, Samples.put(store, Samples.token("first")).id(), NOON); // warm-up
    Duration first = delayBesideALostResponse(token, other);
    if (first.compareTo(UNDELAYED) >= 0) { // the machine can stop once
      Duration second =
          delayBesideALostResponse(
              Samples.put(store, Samples.token("third")),
              Samples.put(store, Samples.token("fourth")));
      assertTrue(second.compareTo(UNDELAYED) < 0, "took " + first + ", and then " + second);
    }
  }

  /**
   * Revokes a token at a store that does not get the response to its commit. Then revokes another
   * token at another store.
   *
   * @return the duration of the second revocation; {@link #TIMEOUT} if the first revocation ended
   *     earlier
   */
  private Duration delayBesideALostResponse(ServiceToken lost, ServiceToken next) throws Exception {
    network.restore();
    lastStatements.set(0);
    long before = entries();
    beforeTheLast = network::holdAnswers;
    FutureTask<Revocation> unanswered = revokeAtCutOff(lost.id());
    long end = System.nanoTime() + TIMEOUT.toNanos();
    while (lastStatements.get() == 0) {
      assertTrue(System.nanoTime() < end, "it does not come to its last statement");
      Thread.onSpinWait();
    }
    Awaitility.await()
        .atMost(TIMEOUT)
        .until(() -> entries() == before + 1); // committed, although the answer is held back
    long start = System.nanoTime();
    assertEquals(Revocation.DONE, Samples.revoke(store, next.id(), NOON));
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    boolean isHeldBack = !unanswered.isDone();
    assertEquals(before + 2, entries());
    assertOutcomeUnknown(unanswered);
    assertEquals(1, lastStatements.get());
    assertEquals(Revocation.ALREADY_REVOKED, Samples.revoke(store, lost.id(), NOON));
    return isHeldBack ? took : TIMEOUT;
  }

  /** After a stop of the machine, the lock timeout can end the wait before the cut. */
  @Test
  void cutConnectionIsNotRetried() throws Exception {
    TimeLimits.repeatAfterStop(this::cutConnectionOfAWaitingRevocation);
  }

  private void cutConnectionOfAWaitingRevocation() throws Exception {
    UUID id = Samples.put(store, Samples.token("ci-" + UUID.randomUUID())).id();
    long before = lastNumber();
    lastStatements.set(0);
    try (Connection holder = database.connect();
        Statement statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.executeUpdate(COUNTER + " set last_number = last_number where id = 1");
      FutureTask<Revocation> waiting = revokeAtCutOff(id);
      long end = System.nanoTime() + TIMEOUT.toNanos();
      while (sql.number(waitingSessions()) == 0) {
        assertTrue(System.nanoTime() < end, "it does not wait for the lock");
      }
      network.cut();
      assertOutcomeUnknown(waiting);
      holder.rollback();
    } finally {
      network.restore();
    }
    assertEquals(1, lastStatements.get());
    // The server may have continued without the client, or may have noticed the disconnect.
    assertNotEquals(Revocation.NOT_FOUND, Samples.revoke(store, id, NOON));
    assertOneChangeSince(before);
  }

  /** After a stop of the machine, the change may have been repeated for too long. */
  @Test
  void lockTimeoutIsRetried() throws Exception {
    TimeLimits.repeatAfterStop(this::holdTheLockUntilARetry);
  }

  private void holdTheLockUntilARetry() throws Exception {
    UUID id = Samples.put(store, Samples.token("ci-" + UUID.randomUUID())).id();
    long before = lastNumber();
    lastStatements.set(0);
    FutureTask<Revocation> waiting;
    try (Connection holder = database.connect();
        Statement statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.executeUpdate(COUNTER + " set last_number = last_number where id = 1");
      waiting = revokeAtCutOff(id);
      long end = System.nanoTime() + TIMEOUT.toNanos();
      while (lastStatements.get() < 2 && !waiting.isDone()) {
        assertTrue(System.nanoTime() < end, "it does not try again");
        Thread.sleep(10);
      }
      holder.rollback();
    }
    assertEquals(Revocation.DONE, waiting.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
    assertTrue(lastStatements.get() >= 2, "the lock timeout did not end the first attempt");
    assertOneChangeSince(before);
    assertEquals(
        1,
        store.auditLog(id, 0, 50).items().stream()
            .filter(event -> event.type() == AuditEvent.Type.REVOKED)
            .count());
  }

  private long lastNumber() throws SQLException {
    return sql.number("select last_number from access_token_change_counter");
  }

  private void assertOneChangeSince(long before) throws SQLException {
    long number = lastNumber();
    long entries = entries();
    TimeLimits.assertAlways(
        number == before + 1 && entries == number,
        () -> "number " + number + " after " + before + ", and " + entries + " entries");
  }
}
