package io.accesstokens.store.hibernate;

import static io.accesstokens.store.Samples.NOON;
import static io.accesstokens.store.Samples.put;
import static io.accesstokens.store.Samples.token;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.Samples;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.query.TokenFilter;
import io.accesstokens.token.query.TokenOrder;
import io.accesstokens.token.query.TokenQuery;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reads the counters of the server for the lists of a store, which has its own database. */
class PostgresIndexesIT {

  /** Number of lists of each query. After some of them, the server plans a statement only once. */
  private static final int LISTS = 12;

  private final TestDatabase database = PostgresServer.shared().newDatabase();
  private final Sql sql = database.sql();
  private final OpenedStore opened = new OpenedStore(TestPools.open(database, 4));
  private final HibernateTokenStore store = opened.store();

  @AfterEach
  void close() {
    opened.close();
  }

  /** The index of {@code run-on-postgresql.md}, which operators can create. */
  @Test
  void searchUsesAnIndexOfTrigrams() throws Exception {
    put(store, token("Stra\u00dfe"));
    sql.execute(
        "insert into service_access_tokens (id, name, description, token_hash, token_prefix,"
            + " group_entity_ref, scopes, created_by, created_at, expires_at)"
            + " select n, 'ci-' || n, md5(n::text), sha256(n::text::bytea), 'bsat_', 'group:a/b',"
            + " '[]', 'user:a/b', now(), now() from generate_series(1, 5000) n");
    sql.execute("create extension pg_trgm");
    sql.execute(
        "create index service_access_tokens_search"
            + " on service_access_tokens using gin (search_text gin_trgm_ops)");
    sql.execute("analyze service_access_tokens");
    TokenOrder order = new TokenOrder(TokenOrder.Key.NAME, false);
    TokenQuery query = new TokenQuery(Samples.searching("TRASS"), order, Optional.empty(), 0, 9);
    assertEquals("Stra\u00dfe", store.list(query, NOON).tokens().get(0).name());
    assertNotEquals(0, counter(scans("search")));
  }

  /** The statistics let the planner expect many tokens whose stored status is out of date. */
  @Test
  void listByStatusReadsNoOtherTokens() throws Exception {
    sql.execute(
        "insert into service_access_tokens (id, name, description, token_hash, token_prefix,"
            + " group_entity_ref, scopes, created_by, created_at, expires_at, stage)"
            + " select gen_random_uuid(), 'ci-' || n, 'd', sha256(n::text::bytea), 'bsat_',"
            + " 'group:a/b', '[]', 'user:a/b', timestamp '2025-06-01' + n * interval '1 minute',"
            + " case n % 10 when 0 then timestamp '2026-01-01' else timestamp '2027-01-01' end,"
            + " case n % 10 when 0 then 2 else 0 end from generate_series(1, 5000) n");
    sql.execute("vacuum analyze service_access_tokens");
    Optional<TokenStatus> expired = Optional.of(TokenStatus.EXPIRED);
    TokenQuery query = new TokenQuery(expired, Optional.empty(), Optional.empty(), 0, 50);
    for (int i = 0; i < LISTS; i++) {
      assertEquals(500, store.list(query, NOON).total().count());
    }
    // A list reads 500 tokens at most three times: for two counts, and for its page.
    long read = entriesRead() / LISTS;
    assertTrue(read < 3000, read + " rows were read by each list");
  }

  /** Without the status at its start, an index has tokens of another status first. */
  @Test
  void listsByStatusReadNoOtherTokens() throws Exception {
    sql.execute(
        "insert into service_access_tokens (id, name, description, token_hash, token_prefix,"
            + " group_entity_ref, scopes, created_by, created_at, expires_at, revoked_at)"
            + " select gen_random_uuid(), 'ci-' || n, 'd', sha256(n::text::bytea), 'bsat_',"
            + " case when n % 2 = 0 then 'group:a/b' when n < 10050 then 'group:a/a'"
            + " else 'group:a/c' end, '[]',"
            + " 'user:a/a', timestamp '2026-01-01' + n * interval '1 second',"
            + " timestamp '2027-01-01', case when n % 2 = 1 then timestamp '2026-02-01' end"
            + " from generate_series(1, 20100) n");
    sql.execute("vacuum analyze service_access_tokens");
    TokenFilter active = TokenFilter.of(Optional.of(TokenStatus.ACTIVE), Optional.empty());
    List<TokenQuery> queries = new ArrayList<>();
    for (TokenFilter filter : List.of(active, Samples.neverUsed())) {
      for (boolean descending : List.of(false, true)) {
        TokenOrder order = new TokenOrder(TokenOrder.Key.GROUP, descending);
        queries.add(new TokenQuery(filter, order, Optional.empty(), 0, 50));
      }
    }
    for (int i = 0; i < LISTS; i++) {
      for (TokenQuery query : queries) {
        assertEquals(50, store.list(query, NOON).tokens().size());
      }
    }
    // The count reads 10,001 entries, and the page 51.
    long read = entriesRead() / LISTS / queries.size();
    assertTrue(read < 12_000, read + " entries were read by each list");
  }

  /** Returns the number of rows and index entries of service tokens that the store has read. */
  private long entriesRead() throws SQLException {
    return counter(
        "select (select seq_tup_read from pg_stat_user_tables"
            + " where relname = 'service_access_tokens') + sum(idx_tup_read)"
            + " from pg_stat_user_indexes where relname = 'service_access_tokens'");
  }

  private static String scans(String index) {
    return "select idx_scan from pg_stat_user_indexes where indexrelname = 'service_access_tokens_"
        + index
        + "'";
  }

  /**
   * Closes the store, and reads a counter. A connection of PostgreSQL publishes what it has counted
   * at the latest when it ends.
   */
  private long counter(String query) throws SQLException {
    opened.close();
    await()
        .untilAsserted(
            () ->
                assertEquals(
                    0,
                    sql.number(
                        "select count(*) from pg_stat_activity"
                            + " where datname = current_database() and pid <> pg_backend_pid()"
                            + " and backend_type = 'client backend'"),
                    "connections that have not ended"));
    return sql.number(query);
  }
}
