package io.accesstokens.store.hibernate;

import static io.accesstokens.store.Samples.NOON;
import static io.accesstokens.store.Samples.PLATFORM;
import static io.accesstokens.store.Samples.amongManyGroups;
import static io.accesstokens.store.Samples.digest;
import static io.accesstokens.store.Samples.put;
import static io.accesstokens.store.Samples.revoke;
import static io.accesstokens.store.Samples.token;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.store.ConcurrentCalls;
import io.accesstokens.store.RecordingDataSource;
import io.accesstokens.store.ReportsContract;
import io.accesstokens.store.Samples;
import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.store.jdbc.NoTimeoutDataSource;
import io.accesstokens.store.schema.Migrations;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.token.audit.AuditLogPage;
import io.accesstokens.token.audit.AuditLogQuery;
import io.accesstokens.token.query.BoundedCount;
import io.accesstokens.token.revocation.RevocationRequest;
import io.accesstokens.token.store.AccessTokenStore;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.token.store.TokenUpdate;
import io.accesstokens.verify.EntityRef;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Adds the contract that only database stores have: atomicity and the change feed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DatabaseContract extends ReportsContract {

  /** A feed entry, with digest and nonce in hexadecimal. */
  private record Entry(long number, String digest, String nonce, String kind) {}

  private static final List<String> TABLES =
      List.of(
          "service_access_tokens",
          "service_access_token_audit_log",
          "service_access_token_daily_uses",
          "access_token_callers",
          "access_token_scope_uses",
          "access_token_secrets",
          "access_token_rotations",
          "access_token_holders",
          "access_token_changes");

  /** Number of rows in a transaction. The timeout of the pool's connections limits its time. */
  private static final int BATCH = 500;

  private ConnectionPool pool;
  final Sql sql = new Sql(() -> pool.getConnection());

  /** Runs statements that can take longer than those of the store. */
  final Sql slowSql = new Sql(() -> new NoTimeoutDataSource(pool).getConnection());

  private OpenedStore opened;

  /** Opens a pool of connections to a database that no other test uses. */
  abstract ConnectionPool openPool() throws Exception;

  /** Deletes all rows of a table. */
  void clear(String table) throws SQLException {
    sql.execute("delete from " + table);
  }

  ConnectionPool pool() {
    return pool;
  }

  @BeforeAll
  void open() throws Exception {
    pool = openPool();
    opened = new OpenedStore(pool);
  }

  @Override
  protected TokenStore emptyStore() throws Exception {
    for (String table : TABLES) {
      clear(table);
    }
    sql.execute("update access_token_change_counter set last_number = 0");
    return opened.store();
  }

  @AfterAll
  void closeAll() {
    opened.close();
  }

  @Override
  protected void createMany(int count) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "insert into service_access_tokens (id, name, description, token_hash,"
                    + " token_prefix, group_entity_ref, scopes, created_by, created_at,"
                    + " expires_at) values (?, ?, 'd', ?, 'p', ?, '[]', 'u', ?, ?)")) {
      connection.setAutoCommit(false);
      for (int i = 0; i < count; i++) {
        ServiceToken token = token("many-" + i);
        statement.setString(1, token.id().toString());
        statement.setString(2, token.name());
        statement.setBytes(3, digest(token.id()).bytes());
        statement.setString(4, token.group().toString());
        statement.setObject(5, InstantConverter.column(token.createdAt()));
        statement.setObject(6, InstantConverter.column(token.expiresAt()));
        statement.addBatch();
        if (i % BATCH == BATCH - 1 || i == count - 1) {
          statement.executeBatch();
          connection.commit();
        }
      }
      connection.setAutoCommit(true);
    }
  }

  @Test
  void largestBulkRevocationSucceeds() {
    UUID[] ids =
        IntStream.range(0, RevocationRequest.MAX)
            .mapToObj(i -> put(store, token("ci-" + i)).id())
            .toArray(UUID[]::new);
    assertEquals(Set.of(Revocation.DONE), Set.copyOf(revokeAll(ids).values()));
  }

  @Test
  void maintenanceBeginsNoTransactionIfNothingIsDue() throws Exception {
    TokenStore store = emptyStore();
    put(store, token("ci"));
    RecordingDataSource recorded = new RecordingDataSource(pool);
    try (HibernateTokenStore watched = new HibernateTokenStore(recorded)) {
      watched.maintain(NOON);
      watched.deleteCallers();
      assertEquals(0, recorded.transactions());
      put(watched, token("other"));
      assertEquals(1, recorded.transactions());
    }
  }

  /** On H2, changes wait for reads, so a read may not take long there. */
  @Test
  void readsInTheBackgroundMayTakeTwoMinutes() throws Exception {
    List<Integer> changedAndRestored;
    try (Connection connection = pool.getConnection()) {
      changedAndRestored =
          DatabaseKind.of(connection) == DatabaseKind.H2
              ? List.of()
              : List.of(125_000, connection.getNetworkTimeout());
    }
    RecordingDataSource recorded = new RecordingDataSource(pool);
    try (HibernateTokenStore watched = new HibernateTokenStore(recorded)) {
      var counts = watched.reports().countsByGroup(NOON, NOON, NOON);
      assertEquals(changedAndRestored, recorded.networkTimeouts(), () -> "of " + counts);
      recorded.networkTimeouts().clear();
      var creators = watched.reports().creators(NOON);
      assertEquals(changedAndRestored, recorded.networkTimeouts(), () -> "of " + creators);
    }
  }

  private List<Entry> feed() throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select change_number, token_hash, random_mark, kind from access_token_changes"
                    + " order by change_number")) {
      List<Entry> entries = new ArrayList<>();
      while (rows.next()) {
        entries.add(
            new Entry(
                rows.getLong(1), hex(rows.getBytes(2)), hex(rows.getBytes(3)), rows.getString(4)));
      }
      return entries;
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void revocationIsPublishedOnce() throws Exception {
    ServiceToken token = put(store, token("ci"));
    assertEquals(List.of(), feed());
    revoke(store, token.id(), NOON);
    revoke(store, token.id(), NOON);
    revoke(store, UUID.randomUUID(), NOON);
    List<Entry> feed = feed();
    assertEquals(1, feed.size());
    assertEquals(1, feed.get(0).number());
    assertEquals("revoked", feed.get(0).kind());
    assertEquals(hex(digest(token.id()).bytes()), feed.get(0).digest());
    assertEquals(32, feed.get(0).nonce().length());
  }

  private Optional<TokenUpdate> rename(UUID id, String description) {
    return store
        .update(
            id,
            token ->
                new TokenUpdate(
                    token.changed(description, token.scopes(), token.expiresAt(), token.limits()),
                    new AuditEvent(
                        UUID.randomUUID(), id, AuditEvent.Type.UPDATED, "x", Map.of(), NOON)))
        .result();
  }

  @Test
  void updateIsPublished() throws Exception {
    ServiceToken token = put(store, token("ci"));
    rename(token.id(), "first");
    store.update(token.id(), TokenUpdate::unchanged);
    rename(token.id(), "second");
    rename(UUID.randomUUID(), "third");
    List<Entry> feed = feed();
    assertEquals(List.of(1L, 2L), feed.stream().map(Entry::number).toList());
    assertEquals(List.of("changed", "changed"), feed.stream().map(Entry::kind).toList());
    for (Entry entry : feed) {
      assertEquals(hex(digest(token.id()).bytes()), entry.digest());
    }
  }

  @Test
  void noTokenIsUpdatedWithoutItsFeedEntry() throws Exception {
    ServiceToken token = put(store, token("ci"));
    sql.execute("alter table access_token_changes rename to elsewhere");
    try {
      assertThrows(RuntimeException.class, () -> rename(token.id(), "lost"));
    } finally {
      sql.execute("alter table elsewhere rename to access_token_changes");
    }
    assertEquals(token, store.find(token.id()).orElseThrow());
    assertEquals(1, store.auditLog(token.id(), 0, 50).total().count());
  }

  @Test
  void parallelRevocationsGetNumbersWithoutGaps() throws Exception {
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ids.add(put(store, token("ci-" + i)).id());
    }
    ConcurrentCalls.run(20, i -> () -> revoke(store, ids.get(i), NOON));
    List<Entry> feed = feed();
    Set<String> nonces = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      assertEquals(i + 1, feed.get(i).number());
      nonces.add(feed.get(i).nonce());
    }
    assertEquals(20, nonces.size());
  }

  @Test
  void noTokenIsCreatedWithoutItsAuditEvent() throws Exception {
    ServiceToken token = token("ci");
    sql.execute("alter table service_access_token_audit_log rename to elsewhere");
    try {
      assertThrows(RuntimeException.class, () -> put(store, token));
    } finally {
      sql.execute("alter table elsewhere rename to service_access_token_audit_log");
    }
    assertEquals(Optional.empty(), store.find(token.id()));
    put(store, token);
  }

  @Test
  void noTokenIsRevokedWithoutItsFeedEntry() throws Exception {
    ServiceToken token = put(store, token("ci"));
    sql.execute("alter table access_token_changes rename to elsewhere");
    try {
      assertThrows(RuntimeException.class, () -> revoke(store, token.id(), NOON));
    } finally {
      sql.execute("alter table elsewhere rename to access_token_changes");
    }
    assertEquals(token, store.find(token.id()).orElseThrow());
    assertEquals(1, store.auditLog(token.id(), 0, 50).total().count());
    assertEquals(AccessTokenStore.Revocation.DONE, revoke(store, token.id(), NOON));
    assertEquals(1, feed().get(0).number());
  }

  @Test
  void bulkRevocationIsAtomicWithItsFeedEntries() throws Exception {
    ServiceToken one = put(store, token("one"));
    ServiceToken other = put(store, token("other"));
    ServiceToken before = put(store, token("before"));
    revoke(store, before.id(), NOON);
    sql.execute("alter table access_token_changes rename to elsewhere");
    try {
      assertThrows(RuntimeException.class, () -> revokeAll(one.id(), other.id()));
    } finally {
      sql.execute("alter table elsewhere rename to access_token_changes");
    }
    assertEquals(one, store.find(one.id()).orElseThrow());
    assertEquals(1, store.auditLog(other.id(), 0, 50).total().count());
    revokeAll(one.id(), UUID.randomUUID(), before.id(), other.id());
    List<Entry> feed = feed();
    assertEquals(List.of(1L, 2L, 3L), feed.stream().map(Entry::number).toList());
    assertEquals(
        Set.of(hex(digest(one.id()).bytes()), hex(digest(other.id()).bytes())),
        Set.of(feed.get(1).digest(), feed.get(2).digest()));
  }

  /** Older versions wrote events without a group, because the column did not exist. */
  @Test
  void eventsWithoutTheirGroupAreFoundAndTheGroupIsFilledIn() throws Exception {
    ServiceToken own = put(store, token("own"));
    put(store, token("other", Samples.group("payments"), NOON, NOON.plusSeconds(60)));
    revoke(store, own.id(), NOON);
    sql.execute(
        "update service_access_token_audit_log set group_entity_ref = null where event ="
            + " 'created'");
    List<String> found = List.of("own revoked", "own created");
    assertEquals(found, auditLogOf(own.group()));
    assertEquals(1, store.reports().auditLog(firstOf(own.group(), 1)).entries().size());
    store.maintain(NOON);
    assertEquals(found, auditLogOf(own.group()));
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select count(*) from service_access_token_audit_log"
                    + " where group_entity_ref is null")) {
      assertEquals(true, row.next());
      assertEquals(0, row.getInt(1));
    }
  }

  /** The audit log has more than {@link BoundedCount#EXACT_UP_TO} events. */
  @Test
  void longAuditLogOfManyGroupsEqualsThatOfTheGroupsWithTokens() throws Exception {
    EntityRef payments = Samples.group("payments");
    createMany(BoundedCount.EXACT_UP_TO + 1);
    for (int digit = 0; digit < 10; digit++) { // in small transactions, like the tokens
      sql.execute(
          "insert into service_access_token_audit_log (id, token_id, event, actor, metadata,"
              + " occurred_at, group_entity_ref) select t.id, t.id, 'created', t.created_by, '{}',"
              + " t.created_at, t.group_entity_ref from service_access_tokens t"
              + " where t.name like '%"
              + digit
              + "'");
    }
    for (int i = 0; i < 4; i++) {
      put(store, token("p-" + i, payments, NOON.plusSeconds(i - 2), NOON.plusSeconds(60)));
      put(store, token("other-" + i, Samples.group("guests"), NOON, NOON.plusSeconds(60)));
    }
    AuditLogFilter few = AuditLogFilter.NONE.within(Set.of(PLATFORM, payments));
    AuditLogFilter many = AuditLogFilter.NONE.within(amongManyGroups(PLATFORM, payments));
    AuditEvent.Type created = AuditEvent.Type.CREATED;
    assertEquals(words(first(few, 50)), words(first(many, 50)));
    assertEquals(words(first(few.ofType(created), 50)), words(first(many.ofType(created), 50)));
    AuditLogPage page = store.reports().auditLog(first(many, 3));
    assertEquals(new BoundedCount(BoundedCount.EXACT_UP_TO, true), page.total());
    assertEquals(
        words(new AuditLogQuery(few, page.next(), 2, 50)),
        words(new AuditLogQuery(many, page.next(), 2, 50)));
  }

  @Test
  void migratingAgainChangesNothing() {
    assertEquals(List.of(), Migrations.pending(pool));
    assertEquals(List.of(), Migrations.migrate(pool));
  }

  /** The time zones of the database and of the JVM do not affect stored values. */
  @Test
  void timeZonesDoNotAffectStoredValues() throws Exception {
    ServiceToken token = Samples.put(store, token("ci"));
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select cast(created_at as char(23)) from service_access_tokens")) {
      assertEquals(true, row.next());
      assertEquals("2026-03-01 12:00:00.123", row.getString(1));
    }
    assertEquals(NOON, token.createdAt());
  }
}
