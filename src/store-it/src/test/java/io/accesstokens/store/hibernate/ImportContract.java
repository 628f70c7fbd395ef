package io.accesstokens.store.hibernate;

import static io.accesstokens.store.Samples.NOON;
import static io.accesstokens.store.Samples.created;
import static io.accesstokens.store.Samples.current;
import static io.accesstokens.store.Samples.digest;
import static io.accesstokens.store.Samples.put;
import static io.accesstokens.store.Samples.revoke;
import static io.accesstokens.store.Samples.revoked;
import static io.accesstokens.store.Samples.token;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.ConcurrentCalls;
import io.accesstokens.store.SecretsOfToken;
import io.accesstokens.store.hibernate.TokenImport.Item;
import io.accesstokens.store.hibernate.TokenImport.Outcome;
import io.accesstokens.store.hibernate.TokenImport.Result;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.jdbc.DelegatingDataSource;
import io.accesstokens.testing.TestDouble;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.audit.AuditEvent;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The contract of an import into a database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ImportContract {

  private static final Instant NOW = NOON.plusSeconds(60);

  private ConnectionPool pool;
  private final Sql sql = new Sql(() -> pool.getConnection());
  private OpenedStore opened;

  /** Opens a pool of connections to a database that no other test uses. */
  abstract ConnectionPool openPool() throws Exception;

  @BeforeAll
  void open() throws Exception {
    pool = openPool();
    opened = new OpenedStore(pool);
  }

  @AfterAll
  void close() {
    opened.close();
  }

  @BeforeEach
  void empty() throws SQLException {
    sql.execute("delete from service_access_tokens");
    sql.execute("delete from service_access_token_audit_log");
    sql.execute("delete from access_token_secrets");
    sql.execute("delete from access_token_changes");
    sql.execute("update access_token_change_counter set last_number = 0");
  }

  private HibernateTokenStore store() {
    return opened.store();
  }

  private List<String> feed() throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select change_number, kind from access_token_changes order by change_number")) {
      List<String> entries = new ArrayList<>();
      while (rows.next()) {
        entries.add(rows.getLong(1) + " " + rows.getString(2));
      }
      return entries;
    }
  }

  private TokenImport tokenImport(boolean dryRun) {
    return store().tokenImport("command:test", "jdbc:x", Clock.fixed(NOW, ZoneOffset.UTC), dryRun);
  }

  private Result one(Item item) {
    return tokenImport(false).importBatch(List.of(item)).get(0);
  }

  private static Item item(ServiceToken token, AuditEvent... events) {
    return new Item(token, digest(token.id()), List.of(events));
  }

  private static ServiceToken revokedCopy(ServiceToken token, Instant at) {
    return new ServiceToken(
        token.id(),
        token.name(),
        token.description(),
        token.tokenPrefix(),
        token.group(),
        token.scopes(),
        token.createdBy(),
        token.createdAt(),
        token.expiresAt(),
        token.lastUsedAt(),
        at,
        "user:default/carol");
  }

  private List<AuditEvent.Type> auditLog(UUID id) {
    return store().auditLog(id, 0, 50).items().stream().map(AuditEvent::type).toList();
  }

  @Test
  void batchIsRepeatedIfTheConnectionIsLostBeforeTheCommit() {
    AtomicBoolean lost = new AtomicBoolean();
    DataSource losing =
        beforeStatement(
            "insert into service_access_tokens",
            () -> {
              if (!lost.getAndSet(true)) {
                throw new SQLNonTransientConnectionException("lost", "08000");
              }
            });
    ServiceToken token = token("ci");
    try (HibernateTokenStore store = new HibernateTokenStore(losing)) {
      Result result =
          store
              .tokenImport("command:test", "jdbc:x", Clock.fixed(NOW, ZoneOffset.UTC), false)
              .importBatch(List.of(item(token, created(token))))
              .get(0);
      assertEquals(Outcome.ADDED, result.outcome());
    }
    assertTrue(lost.get());
    assertEquals(List.of(AuditEvent.Type.IMPORTED, AuditEvent.Type.CREATED), auditLog(token.id()));
  }

  @Test
  void tokenIsAddedOnceWithItsEventsAndPublished() throws Exception {
    ServiceToken token = token("ci");
    Item item = item(token, created(token));
    Result result = one(item);
    assertEquals(Outcome.ADDED, result.outcome());
    assertEquals(1, result.events());
    assertEquals(Optional.of(token), store().find(token.id()));
    assertEquals(Optional.of(current(token)), store().findByDigest(digest(token.id())));
    assertEquals(List.of(AuditEvent.Type.IMPORTED, AuditEvent.Type.CREATED), auditLog(token.id()));
    assertEquals(
        Optional.ofNullable(result.recorded()),
        store().auditLog(token.id(), 0, 1).items().stream().findFirst());
    assertEquals(List.of("1 changed"), feed());
    Result again = one(item);
    assertEquals(Outcome.UNCHANGED, again.outcome());
    assertEquals(0, again.events());
    assertNull(again.recorded());
    assertEquals(2, store().auditLog(token.id(), 0, 0).total().count());
    assertEquals(List.of("1 changed"), feed());
  }

  @Test
  void revocationIsImportedAndPublished() throws Exception {
    ServiceToken token = token("ci");
    one(item(token, created(token)));
    ServiceToken dead = revokedCopy(token, NOON.plusSeconds(1));
    AuditEvent revoked = revoked(token.id(), NOON.plusSeconds(1), "lost");
    Result result = one(item(dead, created(token), revoked));
    assertEquals(Outcome.UPDATED, result.outcome());
    assertEquals(Optional.of(dead), store().find(token.id()));
    assertEquals(List.of("1 changed", "2 revoked"), feed());
  }

  @Test
  void repeatedImportWaitsForTheChangesOfTheFirst() throws Exception {
    sql.execute(
        "update access_token_change_counter set lease_millis = 500, margin_millis = 25,"
            + " outage_millis = 0");
    ServiceToken token = token("ci");
    ServiceToken dead = revokedCopy(token, NOON.plusSeconds(1));
    one(item(token));
    one(item(dead));
    try (HibernateTokenStore other = new HibernateTokenStore(pool)) {
      TokenImport repeated =
          other.tokenImport("command:test", "jdbc:x", Clock.fixed(NOW, ZoneOffset.UTC), false);
      assertEquals(Outcome.UNCHANGED, repeated.importBatch(List.of(item(dead))).get(0).outcome());
      assertEquals(Duration.ofMillis(525), other.untilFinal());
    }
  }

  @Test
  void localRevocationIsKeptAndRecordedOnce() throws Exception {
    ServiceToken token = token("ci");
    AuditEvent made = created(token);
    one(item(token, made));
    revoke(store(), token.id(), NOON.plusSeconds(5));
    Optional<ServiceToken> here = store().find(token.id());
    assertEquals(Outcome.UNCHANGED, one(item(token, made)).outcome());
    ServiceToken dead = revokedCopy(token, NOON.plusSeconds(9));
    AuditEvent late = revoked(token.id(), NOON.plusSeconds(9), "late");
    assertEquals(Outcome.UNCHANGED, one(item(dead, made, late)).outcome());
    assertEquals(here, store().find(token.id()));
    assertEquals(
        List.of(AuditEvent.Type.IMPORTED, AuditEvent.Type.REVOKED, AuditEvent.Type.CREATED),
        auditLog(token.id()));
  }

  @Test
  void revocationDuringTheImportIsKeptAndRecordedOnce() throws Exception {
    ServiceToken token = token("ci");
    AuditEvent made = created(token);
    one(item(token, made));
    ServiceToken dead = revokedCopy(token, NOON.plusSeconds(9));
    AuditEvent late = revoked(token.id(), NOON.plusSeconds(9), "late");
    // Revokes the token after the import has read it, and before the import revokes it.
    AtomicBoolean concurrent = new AtomicBoolean();
    DataSource interrupted =
        beforeStatement(
            "set revoked_at",
            () -> {
              if (!concurrent.getAndSet(true)) {
                revoke(store(), token.id(), NOON.plusSeconds(5));
              }
            });
    Result result;
    try (HibernateTokenStore other = new HibernateTokenStore(interrupted)) {
      result =
          other
              .tokenImport("command:test", "jdbc:x", Clock.fixed(NOW, ZoneOffset.UTC), false)
              .importBatch(List.of(item(dead, made, late)))
              .get(0);
    }
    assertTrue(concurrent.get(), "the token was revoked during the import");
    assertEquals(Outcome.UNCHANGED, result.outcome());
    assertNull(result.recorded());
    assertEquals(NOON.plusSeconds(5), store().find(token.id()).orElseThrow().revokedAt());
    assertEquals(
        List.of(AuditEvent.Type.IMPORTED, AuditEvent.Type.REVOKED, AuditEvent.Type.CREATED),
        auditLog(token.id()));
    assertEquals(List.of("1 changed", "2 revoked"), feed());
  }

  /** An action that can fail like a statement. */
  private interface Action {
    void run() throws SQLException;
  }

  /** Wraps the pool so that an action runs before each statement that contains a text. */
  private DataSource beforeStatement(String text, Action action) {
    return new DelegatingDataSource(pool) {
      @Override
      public Connection getConnection() throws SQLException {
        Connection connection = pool.getConnection();
        return TestDouble.around(
            Connection.class,
            connection,
            call -> {
              if (call.name().equals("prepareStatement")
                  && String.valueOf(call.argument(0)).contains(text)) {
                action.run();
              }
              return call.proceed();
            });
      }
    };
  }

  @Test
  void lateEventIsAdded() {
    ServiceToken dead = revokedCopy(token("ci"), NOON.plusSeconds(1));
    AuditEvent made = created(dead);
    one(item(dead, made));
    AuditEvent late = revoked(dead.id(), NOON.plusSeconds(1), "lost");
    Result result = one(item(dead, made, late));
    assertEquals(Outcome.UPDATED, result.outcome());
    assertEquals(1, result.events());
    assertEquals(Outcome.UNCHANGED, one(item(dead, made, late)).outcome());
  }

  @Test
  void conflictingItemsDoNotAffectTheOthers() {
    ServiceToken here = put(store(), token("ci"));
    ServiceToken sameName = token("ci");
    ServiceToken good = token("good");
    ServiceToken sameDigest = token("other");
    ServiceToken sameEvent = token("third");
    AuditEvent stolen = store().auditLog(here.id(), 0, 1).items().get(0);
    AuditEvent copy =
        new AuditEvent(stolen.id(), sameEvent.id(), stolen.type(), "x", stolen.metadata(), NOON);
    List<Item> items =
        List.of(
            item(sameName),
            item(good),
            new Item(sameDigest, digest(here.id()), List.of()),
            new Item(here, digest(good.id()), List.of()),
            item(sameEvent, copy));
    for (boolean dryRun : new boolean[] {true, false}) {
      assertEquals(
          List.of(
              Outcome.NAME_TAKEN,
              Outcome.ADDED,
              Outcome.DIGEST_TAKEN,
              Outcome.ID_TAKEN,
              Outcome.EVENT_ID_TAKEN),
          tokenImport(dryRun).importBatch(items).stream().map(Result::outcome).toList());
    }
    assertEquals(Optional.of(good), store().find(good.id()));
    assertEquals(Optional.empty(), store().find(sameName.id()));
    assertEquals(Optional.empty(), store().find(sameDigest.id()));
    assertEquals(Optional.of(current(here)), store().findByDigest(digest(here.id())));
  }

  @Test
  void importedRevocationRevokesAllSecretsOfARotatedToken() throws Exception {
    ServiceToken token = put(store(), token("ci"));
    SecretsOfToken<ServiceToken> secrets = SecretsOfToken.of(store(), token);
    secrets.rotate(NOW, Duration.ofHours(1));
    secrets.rotate(NOW, Duration.ofHours(1));
    sql.execute("delete from access_token_changes");
    assertEquals(Outcome.UNCHANGED, one(item(token)).outcome());
    assertEquals(List.of(), feed());
    assertEquals(Outcome.UPDATED, one(item(revokedCopy(token, NOW))).outcome());
    assertEquals(List.of("4 revoked", "5 revoked"), feed());
    for (int number = 1; number <= 3; number++) {
      assertTrue(secrets.presented(number).facts(List.of()).revoked(), "secret " + number);
    }
    assertEquals(3, secrets.token().secrets().number());
  }

  @Test
  void digestOfAReplacedSecretIsTaken() {
    SecretsOfToken<ServiceToken> secrets = SecretsOfToken.service(store(), "ci");
    SecretsOfToken<ServiceToken> other = SecretsOfToken.service(store(), "other");
    secrets.rotate(NOW, Duration.ZERO);
    for (boolean dryRun : List.of(true, false)) {
      assertEquals(
          List.of(Outcome.DIGEST_TAKEN, Outcome.ID_TAKEN),
          tokenImport(dryRun)
              .importBatch(
                  List.of(
                      new Item(token("new"), secrets.digest(1), List.of()),
                      new Item(other.token(), secrets.digest(1), List.of())))
              .stream()
              .map(Result::outcome)
              .toList());
    }
  }

  @Test
  void releasedNameCanBeTakenInTheSameBatch() {
    ServiceToken old = token("ci");
    one(item(old, created(old)));
    ServiceToken dead = revokedCopy(old, NOON.plusSeconds(1));
    ServiceToken next = token("ci");
    List<Item> items = List.of(item(dead), item(next));
    for (boolean dryRun : new boolean[] {true, false}) {
      assertEquals(
          List.of(Outcome.UPDATED, Outcome.ADDED),
          tokenImport(dryRun).importBatch(items).stream().map(Result::outcome).toList());
    }
  }

  @Test
  void dryRunWritesNothing() throws Exception {
    ServiceToken token = token("ci");
    Result result = tokenImport(true).importBatch(List.of(item(token, created(token)))).get(0);
    assertEquals(Outcome.ADDED, result.outcome());
    assertEquals(1, result.events());
    assertEquals(Optional.empty(), store().find(token.id()));
    assertEquals(List.of(), feed());
  }

  @Test
  void batchIsImportedAtomically() throws Exception {
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ServiceToken token = token("ci-" + i);
      items.add(item(token, created(token)));
    }
    sql.execute("alter table access_token_changes rename to elsewhere");
    try {
      assertThrows(RuntimeException.class, () -> tokenImport(false).importBatch(items));
    } finally {
      sql.execute("alter table elsewhere rename to access_token_changes");
    }
    assertEquals(Optional.empty(), store().find(items.get(0).token().id()));
    assertEquals(0, store().auditLog(items.get(0).token().id(), 0, 0).total().count());
    tokenImport(false).importBatch(items);
    assertEquals(20, feed().size());
  }

  @Test
  void parallelImportsAddEachTokenOnce() throws Exception {
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      ServiceToken token = token("ci-" + i);
      items.add(item(token, created(token)));
    }
    List<Object> outcomes =
        ConcurrentCalls.run(
                4,
                thread ->
                    () ->
                        tokenImport(false).importBatch(items).stream()
                            .map(Result::outcome)
                            .toList())
            .stream()
            .flatMap(result -> result instanceof List<?> some ? some.stream() : Stream.of(result))
            .toList();
    assertEquals(40, outcomes.stream().filter(Outcome.ADDED::equals).count());
    assertEquals(120, outcomes.stream().filter(Outcome.UNCHANGED::equals).count());
    assertEquals(40, feed().size());
  }

  @Test
  void fullBatchIsNumberedWithoutGaps() throws Exception {
    List<Item> items = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 1; i <= TokenImport.BATCH; i++) {
      ServiceToken token = token("ci-" + i);
      items.add(item(token, created(token)));
      expected.add(i + " changed");
    }
    tokenImport(false).importBatch(items);
    assertEquals(expected, feed());
    revoke(store(), items.get(0).token().id(), NOW);
    expected.add(TokenImport.BATCH + 1 + " revoked");
    assertEquals(expected, feed());
  }
}
