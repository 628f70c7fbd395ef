package io.accesstokens.store.hibernate;

import static io.accesstokens.store.Samples.NOON;
import static io.accesstokens.store.Samples.PLATFORM;
import static io.accesstokens.store.Samples.put;
import static io.accesstokens.store.Samples.revoke;
import static io.accesstokens.store.Samples.token;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.RecordingDataSource;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.token.query.TokenQuery;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store contract on H2. */
class H2TokenStoreIT extends DatabaseContract {

  private static final Pattern UNION = Pattern.compile(" union all ");

  @TempDir static Path directory;

  @Override
  ConnectionPool openPool() {
    return ConnectionPool.open(H2Database.url(directory.resolve("tokens")), "sa", "", 10);
  }

  /** H2 deletes each row separately, which takes seconds after a test with 10,000 rows. */
  @Override
  void clear(String table) throws SQLException {
    sql.execute("truncate table " + table);
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
      for (String index : List.of("due", "status_last_used")) {
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
}
