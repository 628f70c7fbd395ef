package io.accesstokens.store.hibernate;

import static io.accesstokens.store.Samples.NOON;
import static io.accesstokens.store.Samples.put;
import static io.accesstokens.store.Samples.token;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.Samples;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.token.NameTakenException;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.query.TokenFilter;
import io.accesstokens.token.query.TokenOrder;
import io.accesstokens.token.query.TokenPage;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.token.store.PersonalTokenStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class MariaDbTokenStoreIT extends DatabaseContract {

  @Override
  ConnectionPool openPool() {
    return TestPools.mariaDb();
  }

  /**
   * Creates the table again. After a {@code delete}, InnoDB purges the rows in the background and
   * merges pages of the indexes. A query that reads an index backward can then miss rows (bug
   * 114248 of MySQL). The application deletes no service tokens.
   */
  @Override
  void clear(String table) throws SQLException {
    sql.execute("truncate table " + table);
  }

  @Test
  void takenNameIsRecognizedInAGermanMessage() throws SQLException {
    TestDatabase database = MariaDbServer.shared().newDatabase();
    String url = database.url() + "?sessionVariables=lc_messages='de_DE'";
    try (OpenedStore german =
        new OpenedStore(ConnectionPool.open(url, database.user(), database.password(), 2))) {
      HibernateTokenStore tokens = german.without();
      put(tokens, token("ci"));
      assertThrows(NameTakenException.class, () -> put(tokens, token("ci")));
    }
  }

  /** Without the status at its start, an index has tokens of another status first. */
  @Test
  void listsByStatusReadNoOtherTokens() throws Exception {
    slowSql.execute(
        "insert into service_access_tokens (id, name, description, token_hash, token_prefix,"
            + " group_entity_ref, scopes, created_by, created_at, expires_at, revoked_at)"
            + " select uuid(), concat('ci-', seq), 'd', unhex(sha2(seq, 256)), 'bsat_',"
            + " if(seq % 2 = 0, 'group:a/b', if(seq < 10050, 'group:a/a', 'group:a/c')), '[]',"
            + " 'user:a/a', timestamp '2026-01-01 00:00:00' + interval seq second, timestamp '2027-01-01 00:00:00',"
            + " if(seq % 2 = 0, null, timestamp '2026-02-01 00:00:00') from seq_1_to_20100");
    slowSql.execute("analyze table service_access_tokens");
    TokenFilter active = TokenFilter.of(Optional.of(TokenStatus.ACTIVE), Optional.empty());
    for (TokenFilter filter : List.of(active, Samples.neverUsed())) {
      for (boolean descending : List.of(false, true)) {
        TokenOrder order = new TokenOrder(TokenOrder.Key.GROUP, descending);
        TokenQuery query = new TokenQuery(filter, order, Optional.empty(), 0, 50);
        long before = entriesRead();
        assertEquals(50, store.list(query, NOON).tokens().size());
        long read = entriesRead() - before;
        // The count reads 10,001 entries.
        assertTrue(read < 12_000, read + " entries were read for " + query);
      }
    }
  }

  /** Returns the number of rows and index entries that the server has read. */
  private long entriesRead() throws SQLException {
    return sql.number(
        "select sum(variable_value) from information_schema.global_status"
            + " where variable_name like 'handler_read%'");
  }

  @Test
  void slowSearchesLeaveConnectionsForOtherWork() throws Exception {
    TokenQuery search =
        new TokenQuery(
            TokenFilter.liveBy("user:default/erin", Optional.empty()),
            TokenOrder.NEWEST_FIRST,
            Optional.empty(),
            0,
            50);
    PersonalTokenStore personal = store.personal().orElseThrow();
    ExecutorService callers = Executors.newCachedThreadPool();
    try (Connection other = pool().unpooled();
        Statement statement = other.createStatement()) {
      statement.execute("lock tables service_access_tokens write");
      List<Future<TokenPage>> searches =
          IntStream.range(0, 30)
              .mapToObj(i -> callers.submit(() -> store.list(search, NOON)))
              .toList();
      Awaitility.await().until(() -> waiting(statement) >= 2);
      Optional<PersonalToken> found =
          TimeLimits.within(Duration.ofSeconds(3), () -> personal.find(UUID.randomUUID()));
      assertEquals(Optional.empty(), found);
      statement.execute("unlock tables");
      for (Future<TokenPage> each : searches) {
        try {
          assertEquals(List.of(), each.get().tokens());
        } catch (ExecutionException e) { // after a wait of three seconds
          assertInstanceOf(StoreUnavailableException.class, e.getCause());
        }
      }
    } finally {
      callers.shutdownNow();
    }
  }

  /** Returns the number of statements that wait for the lock of a table. */
  private static long waiting(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "select count(*) from information_schema.processlist"
                + " where state like 'Waiting for%'")) {
      assertTrue(row.next(), "count(*) returns a row");
      return row.getLong(1);
    }
  }
}
