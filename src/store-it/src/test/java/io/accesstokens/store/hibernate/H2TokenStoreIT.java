package io.accesstokens.store.hibernate;

import static io.accesstokens.store.Samples.NOON;
import static io.accesstokens.store.Samples.PLATFORM;
import static io.accesstokens.store.Samples.group;
import static io.accesstokens.store.Samples.put;
import static io.accesstokens.store.Samples.revoke;
import static io.accesstokens.store.Samples.token;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.RecordingDataSource;
import io.accesstokens.store.Samples;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.token.audit.AuditLogQuery;
import io.accesstokens.token.query.TokenFilter;
import io.accesstokens.token.query.TokenOrder;
import io.accesstokens.token.query.TokenQuery;
import io.accesstokens.verify.EntityRef;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store contract on H2. */
class H2TokenStoreIT extends DatabaseContract {

  private static final Pattern UNION = Pattern.compile(" union all ");

  /** Few tokens are found by their due time, and sorted. */
  private static final Pattern SORTED_BRANCH =
      Pattern.compile(
          "use index \\(service_access_token(?:s_(?!due)|_)(\\w+)\\).* desc limit \\d+\\)");

  private static final Pattern INDEX_SORTED = Pattern.compile("index sorted");

  @TempDir static Path directory;

  @Override
  ConnectionPool openPool() {
    return TestPools.h2(directory.resolve("tokens"));
  }

  /** H2 deletes each row separately, which takes seconds after a test with 10,000 rows. */
  @Override
  void clear(String table) throws SQLException {
    sql.execute("truncate table " + table);
  }

  /** In Turkish, the lower case of I is a dotless i. A container can run with any locale. */
  @Test
  void searchDoesNotDependOnTheLocale() {
    Locale former = Locale.getDefault();
    put(store, token("nightly-ci"));
    Locale.setDefault(Locale.forLanguageTag("tr-TR"));
    try {
      put(store, token("CI-TESTS"));
      for (String text : List.of("ci", "CI", "i", "I")) {
        assertEquals(2, found(text), text);
      }
      assertEquals(1, found("NIGHTLY-CI"));
    } finally {
      Locale.setDefault(former);
    }
    for (String text : List.of("ci", "CI", "i", "I")) {
      assertEquals(2, found(text), text);
    }
  }

  private int found(String text) {
    TokenOrder order = new TokenOrder(TokenOrder.Key.NAME, false);
    TokenQuery query = new TokenQuery(Samples.searching(text), order, Optional.empty(), 0, 5);
    return store.list(query, NOON).tokens().size();
  }

  /** {@code ReplicasContract} tests the other databases. */
  @Test
  void changeIsRefusedIfTheCounterRowIsOlderThanTheEntries() throws SQLException {
    ServiceToken first = put(store, token("first"));
    ServiceToken second = put(store, token("second"));
    revoke(store, first.id(), NOON);
    sql.execute("update access_token_change_counter set last_number = last_number - 1");
    StoreUnavailableException refused =
        assertThrows(StoreUnavailableException.class, () -> revoke(store, second.id(), NOON));
    assertTrue(
        String.valueOf(refused.getMessage()).startsWith("the row of access_token_change_counter"),
        refused::toString);
    assertNull(store.find(second.id()).orElseThrow().revokedAt());
  }

  /** With several statuses in one condition, H2 reads all tokens with these statuses. */
  @Test
  void indexesByStatusAreReadForOneStatusAtATime() {
    try (ConnectionPool pool = openPool()) {
      RecordingDataSource recording = new RecordingDataSource(pool);
      try (HibernateTokenStore recorded = new HibernateTokenStore(recording)) {
        Optional<TokenStatus> expired = Optional.of(TokenStatus.EXPIRED);
        var unusedPage =
            recorded.list(new TokenQuery(expired, Optional.empty(), Optional.empty(), 0, 50), NOON);
        var unusedCounts = recorded.reports().counts(Optional.empty(), NOON, NOON, NOON);
        var unusedOfGroup =
            recorded.reports().counts(Optional.of(Set.of(PLATFORM)), NOON, NOON, NOON);
      }
      for (String index : List.of("due", "counts")) {
        // The statement that counts reads several indexes, one after the other.
        List<String> parts =
            recording.statements().stream()
                .flatMap(sql -> UNION.splitAsStream(sql))
                .filter(sql -> sql.contains("use index (service_access_tokens_" + index + ")"))
                .toList();
        assertFalse(parts.isEmpty(), () -> "statements: " + recording.statements());
        assertEquals(
            List.of(), parts.stream().filter(sql -> sql.contains("list_status in")).toList());
      }
    }
  }

  /** Without an index in the order of the page, H2 would read and sort all rows that match. */
  @Test
  void pagesAreReadInTheOrderOfAnIndex() throws SQLException {
    Set<EntityRef> groups = Set.of(PLATFORM, group("payments"));
    Optional<AuditEvent.Type> created = Optional.of(AuditEvent.Type.CREATED);
    try (ConnectionPool pool = openPool()) {
      RecordingDataSource recording = new RecordingDataSource(pool);
      try (HibernateTokenStore recorded = new HibernateTokenStore(recording)) {
        TokenFilter active = TokenFilter.of(Optional.of(TokenStatus.ACTIVE), Optional.empty());
        for (TokenFilter filter :
            List.of(
                TokenFilter.of(Optional.empty(), Optional.empty()),
                active,
                TokenFilter.of(Optional.empty(), Optional.of(groups)),
                TokenFilter.of(Optional.of(TokenStatus.ACTIVE), Optional.of(groups)))) {
          for (TokenOrder.Key key : List.of(TokenOrder.Key.CREATED_AT, TokenOrder.Key.STATUS)) {
            listed(recorded, filter, key);
          }
        }
        listed(
            recorded,
            TokenFilter.of(Optional.of(TokenStatus.REVOKED), Optional.empty()),
            TokenOrder.Key.LAST_USED_AT);
        listed(recorded, active, TokenOrder.Key.GROUP);
        logged(recorded, Optional.empty(), Optional.empty(), Optional.empty());
        logged(recorded, Optional.of(groups), Optional.empty(), Optional.empty());
        logged(recorded, Optional.empty(), Optional.of("user:default/alice"), Optional.empty());
        logged(recorded, Optional.empty(), Optional.empty(), created);
        logged(recorded, Optional.of(groups), Optional.empty(), created);
        logged(recorded, Optional.empty(), Optional.of("user:default/alice"), created);
      }
      Set<String> indexes = new TreeSet<>();
      for (String statement : recording.statements()) {
        int sorted = 0;
        for (String branch : UNION.split(statement, -1)) {
          Matcher index = SORTED_BRANCH.matcher(branch);
          if (index.find() && !branch.contains("group_entity_ref is null")) {
            sorted++;
            indexes.add(index.group(1));
          }
        }
        if (sorted > 0) {
          String plan = H2Database.plan(pool, statement);
          assertEquals(sorted, INDEX_SORTED.splitAsStream(plan).count() - 1, plan);
        }
      }
      assertEquals(
          "[audit_log_actor, audit_log_actor_event, audit_log_event, audit_log_group,"
              + " audit_log_group_event, audit_log_newest, group, group_status, newest, status,"
              + " status_last_used]",
          indexes.toString());
    }
  }

  private static void listed(HibernateTokenStore store, TokenFilter filter, TokenOrder.Key key) {
    var unused =
        store.list(
            new TokenQuery(filter, new TokenOrder(key, true), Optional.empty(), 0, 50), NOON);
  }

  private static void logged(
      HibernateTokenStore store,
      Optional<Set<EntityRef>> groups,
      Optional<String> actor,
      Optional<AuditEvent.Type> type) {
    AuditLogFilter filter =
        new AuditLogFilter(
            AuditLogFilter.Kind.SERVICE,
            Optional.empty(),
            Optional.empty(),
            groups,
            actor,
            type,
            Optional.empty(),
            Optional.empty());
    var unused = store.reports().auditLog(new AuditLogQuery(filter, Optional.empty(), 0, 50));
  }
}
