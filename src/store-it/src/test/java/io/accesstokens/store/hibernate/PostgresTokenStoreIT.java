package io.accesstokens.store.hibernate;

import static io.accesstokens.store.Samples.NOON;
import static io.accesstokens.store.Samples.digest;
import static io.accesstokens.store.Samples.put;
import static io.accesstokens.store.Samples.revoke;
import static io.accesstokens.store.Samples.token;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.store.Samples;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.token.DailyUsage;
import io.accesstokens.token.ServiceToken;
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
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PostgresTokenStoreIT extends DatabaseContract {

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
