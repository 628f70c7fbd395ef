package io.accesstokens.store.hibernate;

import static io.accesstokens.store.Samples.NOON;
import static io.accesstokens.store.Samples.digest;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.ConcurrentCalls;
import io.accesstokens.store.PersonalTokenStoreContract;
import io.accesstokens.store.jdbc.ConnectionPool;
import io.accesstokens.testing.server.Sql;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.store.AccessTokenStore.Revocation;
import io.accesstokens.token.store.TokenStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Adds the contract for personal tokens that only database stores have. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DatabasePersonalTokensContract extends PersonalTokenStoreContract {

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

  @Override
  protected TokenStore emptyStore() throws Exception {
    return opened.without(
        "service_access_tokens",
        "service_access_token_audit_log",
        "personal_access_tokens",
        "personal_access_token_audit_log",
        "access_token_secrets",
        "access_token_rotations",
        "access_token_changes");
  }

  @AfterAll
  void closeAll() {
    opened.close();
  }

  @Test
  void revocationIsPublishedOnceInTheFeedOfAllTokens() throws Exception {
    PersonalToken token = put(token(DAVE, "ci"));
    revoke(token.id(), NOON);
    revoke(token.id(), NOON);
    revoke(UUID.randomUUID(), NOON);
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet entry =
            statement.executeQuery("select token_hash, kind from access_token_changes")) {
      assertTrue(entry.next(), "the feed has an entry");
      assertArrayEquals(digest(token.id()).bytes(), entry.getBytes(1));
      assertEquals("revoked", entry.getString(2));
      assertFalse(entry.next(), "the feed has only one entry");
    }
  }

  @Test
  void parallelRevocationsOfDifferentTokensAllSucceed() throws Exception {
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ids.add(put(token(DAVE, "ci-" + i)).id());
    }
    List<Object> results = ConcurrentCalls.run(20, i -> () -> revoke(ids.get(i), NOON));
    assertTrue(results.stream().allMatch(Revocation.DONE::equals), "" + results);
  }

  @Test
  void noTokenIsCreatedWithoutItsAuditEvent() throws Exception {
    PersonalToken token = token(DAVE, "ci");
    sql.execute("alter table personal_access_token_audit_log rename to elsewhere");
    try {
      assertThrows(RuntimeException.class, () -> put(token));
    } finally {
      sql.execute("alter table elsewhere rename to personal_access_token_audit_log");
    }
    assertEquals(Optional.empty(), personal.find(token.id()));
    put(token);
  }

  @Test
  void noTokenIsRevokedWithoutItsFeedEntry() throws Exception {
    PersonalToken token = put(token(DAVE, "ci"));
    sql.execute("alter table access_token_changes rename to elsewhere");
    try {
      assertThrows(RuntimeException.class, () -> revoke(token.id(), NOON));
    } finally {
      sql.execute("alter table elsewhere rename to access_token_changes");
    }
    assertEquals(token, personal.find(token.id()).orElseThrow());
    assertEquals(Revocation.DONE, revoke(token.id(), NOON));
  }
}
