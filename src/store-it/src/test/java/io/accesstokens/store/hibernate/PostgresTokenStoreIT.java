package io.accesstokens.store.hibernate;

import static io.accesstokens.store.Samples.NOON;
import static io.accesstokens.store.Samples.digest;
import static io.accesstokens.store.Samples.put;
import static io.accesstokens.store.Samples.revoke;
import static io.accesstokens.store.Samples.token;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.Samples;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.token.DailyUsage;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.token.query.TokenFilter;
import io.accesstokens.token.query.TokenOrder;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import io.accesstokens.token.store.TokenUpdate;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.PresentedSecret.SecretId;
import io.accesstokens.verify.TokenDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PostgresTokenStoreIT extends DatabaseContract {

  /** SQL query for the number of rows and index entries of service tokens that were read. */
  private static final String ENTRIES_READ =
      "select (select seq_tup_read from pg_stat_user_tables"
          + " where relname = 'service_access_tokens') + sum(idx_tup_read)"
          + " from pg_stat_user_indexes where relname = 'service_access_tokens'";

  /** SQL query for the number of scans that read these rows and entries. */
  private static final String ALL_SCANS =
      "select (select seq_scan from pg_stat_user_tables"
          + " where relname = 'service_access_tokens') + sum(idx_scan)"
          + " from pg_stat_user_indexes where relname = 'service_access_tokens'";

  @Override
  ConnectionPool openPool() {
    return TestPools.postgres();
  }

  /** With this parameter of the URL, the driver inserts the rows of a batch with one statement. */
  @Test
  void usesOfTwoSecretsOfATokenAreAddedWithRewrittenBatches() throws SQLException {
    TestDatabase database = PostgresServer.shared().newDatabase();
    String url = database.url() + "?reWriteBatchedInserts=true";
    try (OpenedStore rewriting =
        new OpenedStore(ConnectionPool.open(url, database.user(), database.password(), 10))) {
      HibernateTokenStore tokens = rewriting.without();
      UUID id = put(tokens, token("ci")).id();
      UsageCount accepted = new UsageCount(3, NOON, "192.0.2.1");
      TokenUsage uses = TokenUsage.of(accepted, 1, 0, NOON, null);
      tokens.recordUses(Map.of(new SecretId(id, 1), uses, new SecretId(id, 2), uses));
      LocalDate day = LocalDate.ofInstant(NOON, ZoneOffset.UTC);
      assertEquals(List.of(new DailyUsage(day, 6, 2)), tokens.reports().usesByDay(id, day));
    }
  }

  private List<String> found(String text) {
    TokenFilter filter = Samples.searching(text);
    TokenOrder order = new TokenOrder(TokenOrder.Key.NAME, false);
    return store.list(new TokenQuery(filter, order, Optional.empty(), 0, 9), NOON).tokens().stream()
        .map(ServiceToken::name)
        .toList();
  }

  @Test
  void searchIgnoresTheCaseOfAllScripts() {
    put(store, token("\u0130stanbul"));
    put(store, token("Stra\u00dfe"));
    put(store, token("\u039f\u03b4\u03bf\u03c2\u0391"));
    assertEquals(List.of("Stra\u00dfe"), found("STRA\u00dfE"));
    assertEquals(List.of("Stra\u00dfe"), found("strasse"));
    assertEquals(List.of("\u0130stanbul"), found("\u0130STANBUL"));
    // The lower case of a sigma depends on the letter after it. A search must not depend on it.
    for (String text : List.of("\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c3\u03b1")) {
      assertEquals(List.of("\u039f\u03b4\u03bf\u03c2\u0391"), found(text), text);
    }
  }

  /** The index of {@code run-on-postgresql.md}, which operators can create. */
  @Test
  void searchUsesAnIndexOfTrigrams() throws Exception {
    put(store, token("Stra\u00dfe"));
    migrate(
        "insert into service_access_tokens (id, name, description, token_hash, token_prefix,"
            + " group_entity_ref, scopes, created_by, created_at, expires_at)"
            + " select n, 'ci-' || n, md5(n::text), sha256(n::text::bytea), 'bsat_', 'group:a/b',"
            + " '[]', 'user:a/b', now(), now() from generate_series(1, 5000) n");
    migrate("create extension pg_trgm");
    migrate(
        "create index service_access_tokens_search"
            + " on service_access_tokens using gin (search_text gin_trgm_ops)");
    migrate("analyze service_access_tokens");
    try {
      // PostgreSQL publishes the number of scans with a delay.
      await()
          .untilAsserted(
              () -> {
                assertEquals(List.of("Stra\u00dfe"), found("TRASS"));
                assertNotEquals(0, scans("search"));
              });
    } finally {
      migrate("drop extension pg_trgm cascade");
    }
  }

  /** Returns the number of scans of an index of the service tokens. */
  private long scans(String index) throws SQLException {
    return statistic(
        "select idx_scan from pg_stat_user_indexes"
            + " where indexrelname = 'service_access_tokens_"
            + index
            + "'");
  }

  private long statistic(String query) throws SQLException {
    try (Connection other = pool().unpooled();
        Statement statement = other.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }

  /** The statistics let the planner expect many tokens whose stored status is out of date. */
  @Test
  void listByStatusReadsNoOtherTokens() throws Exception {
    migrate(
        "insert into service_access_tokens (id, name, description, token_hash, token_prefix,"
            + " group_entity_ref, scopes, created_by, created_at, expires_at, stage)"
            + " select gen_random_uuid(), 'ci-' || n, 'd', sha256(n::text::bytea), 'bsat_',"
            + " 'group:a/b', '[]', 'user:a/b', timestamp '2025-06-01' + n * interval '1 minute',"
            + " case n % 10 when 0 then timestamp '2026-01-01' else timestamp '2027-01-01' end,"
            + " case n % 10 when 0 then 2 else 0 end from generate_series(1, 5000) n");
    migrate("vacuum analyze service_access_tokens");
    Optional<TokenStatus> expired = Optional.of(TokenStatus.EXPIRED);
    AtomicInteger lists = new AtomicInteger();
    long before = scans("due");
    long read = statistic(ENTRIES_READ);
    // PostgreSQL publishes the numbers with a delay.
    await()
        .untilAsserted(
            () -> {
              TokenQuery query = new TokenQuery(expired, Optional.empty(), Optional.empty(), 0, 50);
              assertEquals(500, store.list(query, NOON).total().count());
              lists.incrementAndGet();
              assertNotEquals(before, scans("due"));
            });
    // A list counts 500 tokens twice, and reads a page of 51.
    long more = (statistic(ENTRIES_READ) - read) / lists.get();
    assertTrue(more < 3000, more + " rows were read by each list");
  }

  /** Without the status at its start, an index has tokens of another status first. */
  @Test
  void listsByStatusReadNoOtherTokens() throws Exception {
    slowSql.execute(
        "insert into service_access_tokens (id, name, description, token_hash, token_prefix,"
            + " group_entity_ref, scopes, created_by, created_at, expires_at, revoked_at)"
            + " select gen_random_uuid(), 'ci-' || n, 'd', sha256(n::text::bytea), 'bsat_',"
            + " case when n % 2 = 0 then 'group:a/b' when n < 10050 then 'group:a/a'"
            + " else 'group:a/c' end, '[]',"
            + " 'user:a/a', timestamp '2026-01-01' + n * interval '1 second',"
            + " timestamp '2027-01-01', case when n % 2 = 1 then timestamp '2026-02-01' end"
            + " from generate_series(1, 20100) n");
    slowSql.execute("vacuum analyze service_access_tokens");
    TokenFilter active = TokenFilter.of(Optional.of(TokenStatus.ACTIVE), Optional.empty());
    List<TokenQuery> queries = new ArrayList<>();
    for (TokenFilter filter : List.of(active, Samples.neverUsed())) {
      for (boolean descending : List.of(false, true)) {
        TokenOrder order = new TokenOrder(TokenOrder.Key.GROUP, descending);
        queries.add(new TokenQuery(filter, order, Optional.empty(), 0, 50));
      }
    }
    long read = statistic(ENTRIES_READ);
    long begun = statistic(ALL_SCANS);
    // PostgreSQL publishes the numbers with a delay.
    await()
        .untilAsserted(
            () -> {
              for (TokenQuery query : queries) {
                assertEquals(50, store.list(query, NOON).tokens().size());
              }
              // Some scans at the end may be missing, so their share must be small.
              assertTrue(statistic(ALL_SCANS) - begun >= 40, "too few scans are published");
            });
    // A list scans for a count of 10,001 entries, and for a page of 51.
    long more = (statistic(ENTRIES_READ) - read) / (statistic(ALL_SCANS) - begun);
    assertTrue(more < 7_000, more + " entries were read by each scan");
  }

  /** An index entry of PostgreSQL has at most 2,704 bytes. */
  @Test
  void longestTextsFitIntoTheIndexes() {
    Random random = new Random(1);
    ServiceToken plain = token("plain");
    ServiceToken longest =
        new ServiceToken(
            plain.id(),
            text(random, 100),
            text(random, 500),
            "bsat_abcdefg",
            new EntityRef(EntityRef.GROUP, "default", text(random, 241)),
            List.of(),
            "user:default/" + text(random, 387),
            NOON,
            plain.expiresAt(),
            null,
            null,
            null);
    assertEquals(longest, put(store, longest));
    assertEquals(Revocation.DONE, revoke(store, longest.id(), NOON));
    assertEquals(longest.group(), store.find(longest.id()).orElseThrow().group());
  }

  /** Returns a text of random code points that PostgreSQL cannot compress. */
  private static String text(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(0x20000 + random.nextInt(0xa000)); // ideographs, of four bytes each
    }
    return text.toString();
  }

  /** A newer version of this program adds columns while this version runs. */
  @Test
  void newColumnsDoNotDisturbPreparedStatements() throws Exception {
    Set<TokenDigest> digests = Set.of(digest(put(store, token("ci")).id()));
    newColumnDoesNotDisturb(() -> assertEquals(1, store.findByDigests(digests).size()));
  }

  @Test
  void newColumnsDoNotDisturbPreparedStatementsOfTransactions() throws Exception {
    UUID id = put(store, token("ci")).id();
    newColumnDoesNotDisturb(() -> store.update(id, TokenUpdate::unchanged));
  }

  private void newColumnDoesNotDisturb(Runnable statements) throws SQLException {
    repeat(statements);
    migrate("alter table service_access_tokens add column of_a_newer_version integer");
    try {
      repeat(statements);
    } finally {
      migrate("alter table service_access_tokens drop column of_a_newer_version");
    }
    repeat(statements);
  }

  /** Runs statements so often that the driver prepares them on the server. */
  private static void repeat(Runnable statements) {
    for (int i = 0; i < 20; i++) {
      statements.run();
    }
  }

  /**
   * Runs a statement as another process does. After a migration over its own connection, the driver
   * would prepare all statements again.
   */
  private void migrate(String sql) throws SQLException {
    try (Connection other = pool().unpooled();
        Statement statement = other.createStatement()) {
      statement.execute(sql);
    }
  }
}
