package io.accesstokens.store.hibernate;

import static io.accesstokens.store.Samples.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.ConcurrentCalls;
import io.accesstokens.store.NeededScopesContract;
import io.accesstokens.store.Samples;
import io.accesstokens.store.SecretsOfToken;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.jdbc.DelegatingDataSource;
import io.accesstokens.testing.TestDouble;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.token.AccessToken;
import io.accesstokens.token.Actor;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.policy.CreationRequest;
import io.accesstokens.token.revocation.RevocationRequest;
import io.accesstokens.token.rotation.RotatedToken;
import io.accesstokens.token.rotation.RotationConflictException;
import io.accesstokens.token.rotation.RotationRequest;
import io.accesstokens.token.service.CreatedToken;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import io.accesstokens.token.store.SecretsChange;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.token.store.TokenUpdate;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.TokenDigest;
import io.accesstokens.verify.Verification;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Adds the contract for secrets that only database stores have. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DatabaseRotationContract extends NeededScopesContract {

  private static final String[] TABLES = {
    "service_access_tokens",
    "service_access_token_audit_log",
    "personal_access_tokens",
    "personal_access_token_audit_log",
    "access_token_secrets",
    "access_token_callers",
    "access_token_scope_uses",
    "access_token_rotations",
    "access_token_holders",
    "access_token_changes"
  };

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

  @Override
  protected TokenStore emptyStore() throws Exception {
    return opened.without(TABLES);
  }

  /**
   * Returns the new feed entries, each with the number of the secret and the kind. Deletes all
   * entries.
   */
  private List<String> newEntries(SecretsOfToken<?> token) throws SQLException {
    List<String> entries = new ArrayList<>();
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("select kind, token_hash from access_token_changes")) {
      while (rows.next()) {
        TokenDigest digest = TokenDigest.of(rows.getBytes(2));
        for (int number = 1; number <= 9; number++) {
          if (digest.equals(token.digest(number))) {
            entries.add(number + " " + rows.getString(1));
          }
        }
      }
    }
    sql.execute("delete from access_token_changes");
    return entries.stream().sorted().toList();
  }

  @ParameterizedTest
  @EnumSource
  void changesOfSecretsArePublished(RawToken.Kind kind) throws Exception {
    changesOfSecretsArePublished(token(kind));
  }

  private <T extends AccessToken> void changesOfSecretsArePublished(SecretsOfToken<T> token)
      throws SQLException {
    token.rotate(ONE, HOUR);
    assertEquals(List.of("1 changed"), newEntries(token), "rotation");
    token.rotate(ONE, HOUR);
    assertEquals(List.of("1 revoked", "2 changed"), newEntries(token), "further rotation");
    token.change(null, state -> token.repeated(state.token(), ONE, ONE));
    assertEquals(List.of("2 changed", "3 revoked"), newEntries(token), "repeat");
    token.change(null, state -> token.ended(state.token(), ONE));
    assertEquals(List.of("2 revoked", "4 changed"), newEntries(token), "end");
    token.change(null, state -> token.ended(state.token(), ONE));
    assertEquals(List.of(), newEntries(token), "second end");
    token.rotate(ONE, Duration.ZERO);
    assertEquals(List.of("4 revoked"), newEntries(token), "rotation without grace");
    token.rotate(ONE, HOUR);
    assertEquals(List.of("5 changed"), newEntries(token), "rotation");
    store.maintain(TWO.plusSeconds(60));
    assertEquals(List.of("5 revoked", "6 changed"), newEntries(token), "end by time");
    token.rotate(TWO, HOUR);
    assertEquals(List.of("6 changed"), newEntries(token), "rotation");
    token.revoke(TWO);
    assertEquals(List.of("6 revoked", "7 revoked"), newEntries(token), "revocation");
    token.revoke(TWO);
    assertEquals(List.of(), newEntries(token), "second revocation");
  }

  @Test
  void updateIsPublishedForBothSecrets() throws Exception {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    token.rotate(ONE, HOUR);
    newEntries(token);
    store.update(
        token.id(),
        found ->
            new TokenUpdate(
                found.changed("new", found.scopes(), found.expiresAt(), found.limits()),
                new AuditEvent(
                    UUID.randomUUID(), token.id(), AuditEvent.Type.UPDATED, "x", Map.of(), ONE)));
    assertEquals(List.of("1 changed", "2 changed"), newEntries(token));
  }

  @ParameterizedTest
  @EnumSource
  void noTokenIsRotatedWithoutItsFeedEntry(RawToken.Kind kind) throws Exception {
    SecretsOfToken<?> token = token(kind);
    AccessToken before = token.token();
    sql.execute("alter table access_token_changes rename to elsewhere");
    try {
      assertThrows(RuntimeException.class, () -> token.rotate(ONE, HOUR));
    } finally {
      sql.execute("alter table elsewhere rename to access_token_changes");
    }
    assertEquals(before, token.token());
    assertEquals(Map.of(), token.store().findByDigests(token.digests(2)));
    assertEquals(1, token.auditLog().size());
    token.rotate(ONE, HOUR);
    assertEquals(2, token.token().secrets().number());
  }

  /** Tokens of earlier versions have no values in the new columns. */
  @Test
  void lifetimeOfAnEarlierVersionIsKeptByAnUpdate() throws Exception {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    ServiceToken before = token.token();
    sql.execute(
        "update service_access_tokens set secret_created_at = null, lifetime_millis = null");
    assertEquals(before, token.token());
    store.update(
        token.id(),
        found ->
            new TokenUpdate(
                found.changed("new", found.scopes(), ONE, found.limits()),
                new AuditEvent(
                    UUID.randomUUID(), token.id(), AuditEvent.Type.UPDATED, "x", Map.of(), NOON)));
    assertEquals(Duration.ofDays(90), token.token().secrets().lifetime());
  }

  /** A revocation of many tokens must fit into one packet of the database. */
  @Test
  void largestBulkRevocationOfRotatedTokensSucceeds() throws Exception {
    Map<UUID, AuditEvent> events = new HashMap<>();
    try (Connection connection = pool.getConnection();
        PreparedStatement secret =
            connection.prepareStatement(
                "insert into access_token_secrets (token_hash, token_id, secret_number,"
                    + " token_prefix, replaced_at, expires_at, ends_on_first_use)"
                    + " select ?, id, 1, token_prefix, created_at, expires_at, false"
                    + " from service_access_tokens where id = ?")) {
      List<SecretsOfToken<ServiceToken>> tokens = new ArrayList<>();
      for (int i = 0; i < RevocationRequest.MAX; i++) {
        SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci-" + i);
        events.put(token.id(), Samples.revoked(token.id(), ONE, "leak"));
        tokens.add(token);
      }
      connection.setAutoCommit(false); // a database waits for the disk at each commit
      for (SecretsOfToken<ServiceToken> token : tokens) {
        secret.setBytes(1, token.digest(2).bytes());
        secret.setString(2, token.id().toString());
        secret.executeUpdate();
      }
      connection.commit();
      connection.setAutoCommit(true);
    }
    sql.execute("update service_access_tokens set secret_number = 2");
    assertEquals(
        Set.of(Revocation.DONE),
        Set.copyOf(store.revokeAll(events.keySet(), ids -> events).result().values()));
    assertEquals(
        2 * RevocationRequest.MAX,
        sql.number("select count(*) from access_token_changes where kind = 'revoked'"));
  }

  @ParameterizedTest
  @EnumSource
  void secretsAreDeletedAYearAfterTheExpiryOfTheirToken(RawToken.Kind kind) throws Exception {
    SecretsOfToken<?> token = token(kind);
    token.rotate(ONE, HOUR);
    token.rotate(ONE, HOUR);
    SecretsOfToken<?> longer = SecretsOfToken.create(store, kind, "longer");
    longer.rotate(ONE.plusSeconds(60), HOUR);
    Instant end = token.token().expiresAt().plus(Duration.ofDays(365));
    store.maintain(end);
    assertTrue(token.presented(1).isEnded(), "a year after the expiry");
    store.maintain(end.plusMillis(1));
    assertTrue(token.presented(1).isEnded(), "the deletion runs once a day");
    Instant nextDay = end.plus(Duration.ofDays(1));
    assertTrue(nextDay.isAfter(longer.token().expiresAt()), "both tokens are expired");
    sql.execute("update access_token_secrets set ended_at = expires_at");
    try (HibernateTokenStore restarted = new HibernateTokenStore(pool)) {
      restarted.maintain(end.plusSeconds(30));
    }
    assertEquals(Optional.empty(), token.store().findByDigest(token.digest(1)));
    assertEquals(Optional.empty(), token.store().findByDigest(token.digest(2)));
    assertTrue(token.presented(3).isCurrent(), "the current secret");
    assertTrue(longer.presented(1).isEnded(), "the token that expires later");
  }

  /** A deleted token must not stop the maintenance of other tokens. */
  @Test
  void secretsOfDeletedTokensAreSkipped() throws Exception {
    SecretsOfToken<ServiceToken> deleted = SecretsOfToken.service(store, "deleted");
    SecretsOfToken<ServiceToken> kept = SecretsOfToken.service(store, "kept");
    deleted.rotate(ONE, HOUR);
    kept.rotate(ONE, HOUR);
    sql.execute("delete from service_access_tokens where name = 'deleted'");
    assertEquals(Optional.empty(), store.findByDigest(deleted.digest(1)));
    assertEquals(
        List.of(kept.id()),
        store.maintain(TWO.plusSeconds(60)).stream().map(AuditEvent::tokenId).toList());
    assertEquals(0, sql.number("select count(*) from access_token_secrets where ended_at is null"));
  }

  /** Inserts previous secrets whose grace period has ended. */
  private void insertSecrets(int count, IntFunction<String> tokenIds, IntFunction<Integer> numbers)
      throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement secret =
            connection.prepareStatement(
                "insert into access_token_secrets (token_hash, token_id, secret_number,"
                    + " token_prefix, replaced_at, expires_at, ends_on_first_use)"
                    + " select ?, ?, ?, token_prefix, created_at, created_at, false"
                    + " from service_access_tokens where name = 'ci'")) {
      connection.setAutoCommit(false); // a database waits for the disk at each commit
      for (int i = 0; i < count; i++) {
        secret.setBytes(1, Samples.digest(UUID.randomUUID()).bytes());
        secret.setString(2, tokenIds.apply(i));
        secret.setInt(3, numbers.apply(i));
        secret.executeUpdate();
      }
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  /** More failures than rows in a batch must not stop the maintenance of other tokens. */
  @Test
  void failuresDoNotStopTheMaintenanceOfOtherTokens() throws Exception {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    insertSecrets(600, i -> "not the id of a token " + i, i -> 1);
    token.rotate(ONE, HOUR);
    assertEquals(
        List.of(token.id()),
        store.maintain(TWO.plusSeconds(60)).stream().map(AuditEvent::tokenId).toList());
    assertEquals(
        600, sql.number("select count(*) from access_token_secrets where ended_at is null"));
  }

  /** The audit log of the process must contain each committed end. */
  @Test
  void endsBeforeAnOutageAreReported() {
    SecretsOfToken.service(store, "one").rotate(ONE, HOUR);
    SecretsOfToken.service(store, "two").rotate(ONE, HOUR);
    AtomicBoolean outage = new AtomicBoolean();
    DelegatingDataSource failing =
        new DelegatingDataSource(pool) {
          @Override
          public Connection getConnection() throws SQLException {
            if (outage.get()) {
              throw new SQLTransientConnectionException("the database is down");
            }
            return pool.getConnection();
          }
        };
    List<AuditEvent> reported = new ArrayList<>();
    try (HibernateTokenStore maintained = new HibernateTokenStore(failing)) {
      assertThrows(
          StoreUnavailableException.class,
          () ->
              maintained.maintain(
                  TWO.plusSeconds(60),
                  event -> {
                    reported.add(event);
                    outage.set(true);
                  }));
      outage.set(false);
      assertEquals(1, reported.size());
      maintained.maintain(TWO.plusSeconds(60), reported::add);
    }
    assertEquals(2, reported.stream().map(AuditEvent::tokenId).distinct().count());
    assertEquals(2, reported.size());
  }

  @Test
  void failedDeletionIsRepeatedOnTheSameDay() throws Exception {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    insertSecrets(3, i -> token.id().toString(), i -> i);
    sql.execute("update access_token_secrets set ended_at = expires_at");
    AtomicBoolean failing = new AtomicBoolean(true);
    DelegatingDataSource observed =
        observing(
            statement -> {
              if (failing.get() && statement.startsWith("delete from access_token_secrets")) {
                throw new IllegalStateException("the deletion fails");
              }
            });
    Instant late = token.token().expiresAt().plus(Duration.ofDays(365)).plusMillis(1);
    try (HibernateTokenStore restarted = new HibernateTokenStore(observed)) {
      assertThrows(RuntimeException.class, () -> restarted.maintain(late));
      assertEquals(3, sql.number("select count(*) from access_token_secrets"));
      failing.set(false);
      restarted.maintain(late);
    }
    assertEquals(0, sql.number("select count(*) from access_token_secrets"));
  }

  @Test
  void manySecretsOfOneTokenAreDeleted() throws Exception {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    insertSecrets(1_100, i -> token.id().toString(), i -> 3 * i);
    sql.execute("update access_token_secrets set ended_at = expires_at");
    Instant end = token.token().expiresAt().plus(Duration.ofDays(365));
    try (HibernateTokenStore restarted = new HibernateTokenStore(pool)) {
      restarted.maintain(end.plusMillis(1));
    }
    assertEquals(0, sql.number("select count(*) from access_token_secrets"));
    assertTrue(token.presented(1).isCurrent(), "the current secret");
  }

  @Test
  void parallelReplicasRecordEachEndOnce() throws Exception {
    for (int i = 0; i < 20; i++) {
      SecretsOfToken.service(store, "ci-" + i).rotate(ONE, HOUR);
    }
    List<Object> results =
        ConcurrentCalls.run(4, i -> () -> store.maintain(TWO.plusSeconds(60)).size());
    assertEquals(
        20,
        results.stream().mapToInt(result -> result instanceof Integer size ? size : -99).sum(),
        () -> "" + results);
  }

  /**
   * The cache may still contain a secret that has just ended, because another thread has to evict
   * it.
   */
  @Test
  void digestsIncludeRecentlyEndedSecrets() {
    SecretsOfToken<ServiceToken> token = SecretsOfToken.service(store, "ci");
    token.rotate(ONE.minusMillis(1), Duration.ZERO);
    token.rotate(ONE, Duration.ZERO);
    token.rotate(ONE.plusSeconds(60), Duration.ZERO);
    token.rotate(ONE.plusSeconds(61), HOUR);
    Set<TokenDigest> ended = token.digests(2, 3);
    Set<TokenDigest> all = token.digests(2, 3, 4, 5);
    assertEquals(all, store.digests(Set.of(token.id())));
    assertEquals(ended, token.change(null, state -> SecretsChange.none(state.token())).digests());
    assertEquals(all, store.update(token.id(), TokenUpdate::unchanged).digests());
    assertEquals(all, token.change(null, state -> token.ended(state.token(), TWO)).digests());
    assertEquals(token.digests(4, 5), store.digests(Set.of(token.id())));
    assertEquals(token.digests(4, 5), token.revoke(TWO).digests());
    AuditEvent again = Samples.revoked(token.id(), TWO, "again");
    assertEquals(
        token.digests(4, 5),
        store.revokeAll(Set.of(token.id()), ids -> Map.of(token.id(), again)).digests());
  }

  /** A use during a rotation must not be lost, and must not count as a use of the new secret. */
  @ParameterizedTest
  @EnumSource
  void usesDuringRotationsAreNeverThoseOfTheNewSecret(RawToken.Kind kind) throws Exception {
    for (int round = 0; round < 5; round++) {
      SecretsOfToken<?> token = SecretsOfToken.create(store, kind, "ci-" + round);
      TokenUsage used = TokenUsage.of(new UsageCount(1, ONE, "192.0.2.1"), 0, 0, null, null);
      List<Object> results =
          ConcurrentCalls.run(
              4,
              i ->
                  () ->
                      i == 0
                          ? token.rotate(ONE, HOUR)
                          : store.recordUses(Map.of(token.secret(1), used)));
      AccessToken after = token.token();
      assertEquals(null, after.secrets().usedAt(), () -> "" + results);
      assertEquals(3, token.store().usage(token.id()).accepted().count(), () -> "" + results);
    }
  }

  private static final class Team implements GroupDirectory {
    @Override
    public boolean exists(EntityRef group) {
      return group.equals(Samples.PLATFORM);
    }

    @Override
    public Set<EntityRef> groupsOf(EntityRef user) {
      return Set.of(Samples.PLATFORM);
    }
  }

  /** A repeat that another repeat overtakes gets no secret. */
  @Test
  void parallelRepeatsLeaveOneNewSecret() throws Exception {
    ServiceTokenService service = ServiceTokenService.on(store, new Team()).build();
    Actor alice = service.person(new EntityRef(EntityRef.USER, "default", "alice"), null);
    CreatedToken created =
        service.create(
            alice,
            CreationRequest.of(
                "ci", "what it is for", Samples.PLATFORM, List.of("catalog:read"), 7));
    UUID id = created.token().id();
    RotationRequest request = new RotationRequest(3600L, null, null, null, "key-1", List.of());
    List<Object> results =
        ConcurrentCalls.run(10, i -> () -> service.rotations().rotate(alice, id, request));
    List<RawToken> accepted = new ArrayList<>();
    for (Object result : results) {
      assertTrue(
          result instanceof RotatedToken<?> || result instanceof RotationConflictException,
          () -> "" + results);
      if (result instanceof RotatedToken<?> rotated
          && service.verifier().verify(rotated.rawToken()) instanceof Verification.Accepted) {
        accepted.add(rotated.rawToken());
      }
    }
    assertEquals(1, accepted.size(), "valid new secrets");
    assertTrue(
        service.verifier().verify(created.rawToken()) instanceof Verification.Accepted,
        "the previous secret is valid");
    ServiceToken token = store.find(id).orElseThrow();
    assertEquals(11, token.secrets().number());
    assertEquals(token.tokenPrefix(), accepted.get(0).displayPrefix());
    assertEquals(
        10, store.auditLog(id, 0, 50).items().stream().filter(event -> isRotation(event)).count());
  }

  private static boolean isRotation(AuditEvent event) {
    return event.type() == AuditEvent.Type.ROTATED;
  }

  @Test
  void tokenThatWasNeverRotatedCostsNoAdditionalStatement() {
    AtomicInteger statements = new AtomicInteger();
    SecretsOfToken<ServiceToken> plain = SecretsOfToken.service(store, "plain");
    SecretsOfToken<ServiceToken> rotated = SecretsOfToken.service(store, "rotated");
    rotated.rotate(ONE, HOUR);
    try (HibernateTokenStore counted =
        new HibernateTokenStore(observing(sql -> statements.incrementAndGet()))) {
      statements.set(0);
      counted.find(plain.id());
      assertEquals(1, statements.getAndSet(0), "find by id");
      counted.findByDigest(plain.digest(1));
      assertEquals(1, statements.getAndSet(0), "find by digest");
      counted.findByDigests(plain.digests(1));
      assertEquals(1, statements.getAndSet(0), "find by digests");
      counted.digests(Set.of(plain.id()));
      assertEquals(1, statements.getAndSet(0), "digests");
      counted.findByDigest(Samples.digest(UUID.randomUUID()));
      assertEquals(2, statements.getAndSet(0), "find by an unknown digest");
      counted.findByDigest(rotated.digest(2));
      assertEquals(2, statements.getAndSet(0), "find by the current secret");
      counted.findByDigest(rotated.digest(1));
      assertEquals(4, statements.getAndSet(0), "find by the previous secret");
      counted.list(Samples.everything(50), NOON);
      int both = statements.getAndSet(0);
      rotated.revoke(ONE);
      counted.list(Samples.of(TokenStatus.ACTIVE), NOON);
      assertEquals(both - 1, statements.getAndSet(0), "a list without rotated tokens");
    }
  }

  /** Returns a data source whose connections pass the SQL text of each prepared statement. */
  private DelegatingDataSource observing(Consumer<String> statements) {
    return new DelegatingDataSource(pool) {
      @Override
      public Connection getConnection() throws SQLException {
        Connection connection = pool.getConnection();
        return TestDouble.around(
            Connection.class,
            connection,
            call -> {
              if (call.name().equals("prepareStatement")) {
                statements.accept((String) call.argument(0));
              }
              return call.proceed();
            });
      }
    };
  }
}
