package io.accesstokens.app.command.verify;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.testing.server.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Changes the rows of tokens without an event. {@code VerifyLogIT} tests rows that a real service
 * has written.
 */
class TokenCheckTest {

  private static final UUID TOKEN = new UUID(1, 1);
  private static final UUID USER_TOKEN = new UUID(1, 2);
  private static final String ROW = "the row " + TOKEN + " of service_access_tokens was ";

  private final LogFixture opened = new LogFixture();
  private final Sql sql = opened.sql;
  private int events;

  @BeforeEach
  void addTokens() throws SQLException {
    insertToken(TOKEN);
    event(TOKEN, "created", "{}");
    sql.execute(
        "insert into personal_access_tokens (id, name, user_entity_ref, prefix, token_hash, scopes,"
            + " created_at, expires_at) values ('"
            + USER_TOKEN
            + "', 'a', 'user:default/dave', 'bpat_1', x'02', '[]', timestamp '2026-03-01 12:00:00',"
            + " timestamp '2026-05-01 12:00:00')");
    sql.execute(
        "insert into personal_access_token_audit_log (id, token_id, event, actor, metadata,"
            + " occurred_at) values ('"
            + new UUID(3, 1)
            + "', '"
            + USER_TOKEN
            + "', 'minted', 'user:default/dave', '{}', timestamp '2026-03-01 12:00:00')");
    assertEquals(List.of(), problems());
  }

  @AfterEach
  void close() {
    opened.close();
  }

  private void insertToken(UUID id) throws SQLException {
    sql.execute(
        "insert into service_access_tokens (id, name, description, token_hash, token_prefix,"
            + " group_entity_ref, scopes, created_by, created_at, expires_at) values ('"
            + id
            + "', 'n"
            + id
            + "', 'd', hash('SHA-256', '"
            + id
            + "'), 'bsat_1', 'group:default/platform', '[\"a:read\",\"b:read\"]',"
            + " 'user:default/alice', timestamp '2026-03-01 12:00:00',"
            + " timestamp '2026-05-01 12:00:00')");
  }

  /** Inserts an event by Alice, and returns its id. */
  private UUID event(UUID token, String event, String metadata) throws SQLException {
    UUID id = new UUID(2, ++events);
    sql.execute(
        ("insert into service_access_token_audit_log (id, token_id, event, actor, metadata,"
                + " occurred_at) values ('%s', '%s', '%s', 'user:default/alice', '%s',"
                + " timestamp '2026-03-02 12:00:00')")
            .formatted(id, token, event, metadata));
    return id;
  }

  private List<String> problems() {
    return problems(Instant.EPOCH, 0);
  }

  private List<String> problems(Instant archivedUntil, long incomplete) {
    List<String> problems = new ArrayList<>();
    assertEquals(
        incomplete,
        new TokenCheck(opened.log, () -> archivedUntil, problems::add, count -> {}).run());
    return problems;
  }

  /** Changes the expiry of the token, with an event. */
  private void expiry(String time) throws SQLException {
    var unused = event(TOKEN, "updated", "{\"expiresAt.new\":\"" + time + "\"}");
    update("expires_at = timestamp '" + time.substring(0, 19).replace('T', ' ') + "'");
  }

  private void update(String values) throws SQLException {
    sql.execute("update service_access_tokens set " + values);
  }

  @Test
  void insertedTokenIsNamed() throws SQLException {
    UUID inserted = new UUID(0, 7);
    insertToken(inserted);
    assertEquals(
        List.of(
            "the row "
                + inserted
                + " of service_access_tokens was inserted: no event says that it was created"),
        problems());
    assertEquals(List.of(), problems(Instant.parse("2026-03-01T12:00:00Z"), 1));
  }

  /** A running service can change a token between the reads of its row and of its events. */
  @Test
  void tokenIsReadAgainBeforeItIsReported() throws SQLException {
    update("revoked_at = timestamp '2026-03-02 12:00:00', revoked_by = 'user:default/alice'");
    List<String> problems = new ArrayList<>();
    Supplier<Instant> revocation =
        () -> {
          assertDoesNotThrow(() -> event(TOKEN, "revoked", "{}"));
          return Instant.EPOCH;
        };
    assertEquals(0, new TokenCheck(opened.log, revocation, problems::add, count -> {}).run());
    assertEquals(List.of(), problems);
  }

  /** Otherwise, a command would run for hours if a large table was changed. */
  @Test
  void manyContradictingTokensAreReadTogether() throws SQLException {
    for (int i = 0; i < 50; i++) {
      insertToken(new UUID(4, i));
    }
    List<String> problems = new ArrayList<>();
    sql.execute("set query_statistics true");
    var unused = new TokenCheck(opened.log, () -> Instant.EPOCH, problems::add, count -> {}).run();
    assertEquals(50, problems.size(), problems::toString);
    opened.assertExecutionsBelow(50);
  }

  @Test
  void revocationInTheRowIsThatOfTheEvent() throws SQLException {
    update("revoked_at = timestamp '2026-03-02 12:00:00', revoked_by = 'user:default/alice'");
    assertEquals(List.of(ROW + "changed: it is revoked, but no event says so"), problems());
    UUID event = event(TOKEN, "revoked", "{}");
    assertEquals(List.of(), problems());
    update("revoked_by = 'user:default/bob', revoked_at = timestamp '2026-03-01 13:00:00'");
    assertEquals(
        List.of(
            ROW
                + "changed: revoked_by is 'user:default/bob', but the event "
                + event
                + " says 'user:default/alice'",
            ROW
                + "changed: revoked_at is '2026-03-01T13:00:00.000Z', but the event "
                + event
                + " says '2026-03-02T12:00:00.000Z'"),
        problems());
    update("revoked_at = null, revoked_by = null");
    assertEquals(
        List.of(
            ROW
                + "changed: it is not revoked any more, but user:default/alice revoked it at"
                + " 2026-03-02T12:00:00Z (event "
                + event
                + ")"),
        problems());
  }

  @Test
  void revokedPersonalTokenThatIsValidAgainIsNamed() throws SQLException {
    sql.execute(
        "insert into personal_access_token_audit_log (id, token_id, event, actor, metadata,"
            + " occurred_at) values ('"
            + new UUID(3, 2)
            + "', '"
            + USER_TOKEN
            + "', 'revoked', 'user:default/dave', '{}', timestamp '2026-03-02 12:00:00')");
    assertEquals(
        List.of(
            "the row "
                + USER_TOKEN
                + " of personal_access_tokens was changed: it is not revoked any more, but"
                + " user:default/dave revoked it at 2026-03-02T12:00:00Z (event "
                + new UUID(3, 2)
                + ")"),
        problems());
  }

  @Test
  void valuesAreThoseOfTheLatestChange() throws SQLException {
    UUID first =
        event(
            TOKEN,
            "updated",
            "{\"scopes.old\":\"b:read\",\"scopes.new\":\"a:read b:read\","
                + "\"expiresAt.old\":\"2026-06-01T12:00:00.000Z\","
                + "\"expiresAt.new\":\"2026-05-01T12:00:00.000Z\","
                + "\"allowedAddresses.old\":\"10.0.0.0/8\",\"allowedAddresses.new\":\"\","
                + "\"description.old\":\"e\",\"description.new\":\"d\","
                + "\"requestsPerMinute.old\":\"\",\"requestsPerMinute.new\":\"5\"}");
    UUID second =
        event(
            TOKEN, "updated", "{\"requestsPerMinute.old\":\"5\",\"requestsPerMinute.new\":\"7\"}");
    update("requests_per_minute = 7");
    assertEquals(List.of(), problems());
    update("created_by = 'user:default/eve', scopes = '[\"a:read\",\"a:write\"]'");
    assertEquals(
        List.of(
            ROW
                + "changed: created_by is 'user:default/eve', but the event "
                + new UUID(2, 1)
                + " says 'user:default/alice'",
            ROW
                + "changed: scopes is 'a:read a:write', but the event "
                + first
                + " says 'a:read b:read'"),
        problems());
    update("created_by = 'user:default/alice', scopes = 'damaged'");
    assertEquals(
        List.of(
            ROW + "changed: scopes is 'damaged', but the event " + first + " says 'a:read b:read'"),
        problems());
    update("scopes = '[\"a:read\",\"b:read\"]', allowed_addresses = '[\"0.0.0.0/0\"]'");
    assertEquals(1, problems().size(), "allowed_addresses");
    update("allowed_addresses = null, expires_at = timestamp '2030-01-01 00:00:00'");
    assertEquals(1, problems().size(), "expires_at");
    update("expires_at = timestamp '2026-05-01 12:00:00', requests_per_minute = null");
    assertEquals(
        List.of(ROW + "changed: requestsPerMinute is '', but the event " + second + " says '7'"),
        problems());
    UUID third =
        event(TOKEN, "updated", "{\"requestsPerMinute.old\":\"\",\"requestsPerMinute.new\":\"9\"}");
    update("requests_per_minute = 9");
    assertEquals(
        List.of(
            ROW
                + "changed before the event "
                + third
                + ": requestsPerMinute was '', but the event "
                + second
                + " says '7'"),
        problems());
  }

  @Test
  void previousSecretIsThatOfTheLatestRotation() throws SQLException {
    sql.execute(
        "insert into access_token_secrets (token_hash, token_id, secret_number, token_prefix,"
            + " replaced_at, expires_at, ends_on_first_use) values (hash('SHA-256', 'x'), '"
            + TOKEN
            + "', 1, 'bsat_0', timestamp '2026-03-02 12:00:00', timestamp '2026-03-03 12:00:00',"
            + " false)");
    String secret = "the previous secret bsat_0 of the token " + TOKEN;
    String inserted = secret + " was inserted or changed in access_token_secrets: ";
    assertEquals(List.of(inserted + "no event says that it is valid"), problems());
    UUID rotation =
        event(
            TOKEN,
            "rotated",
            "{\"previousTokenPrefix\":\"bsat_0\","
                + "\"previousSecretExpiresAt\":\"2026-03-03T12:00:00.000Z\"}");
    assertEquals(List.of(), problems());
    sql.execute("update access_token_secrets set expires_at = timestamp '2030-01-01 00:00:00'");
    assertEquals(
        List.of(
            inserted + "the rotation " + rotation + " has another previous secret or another end"),
        problems());
    expiry("2026-03-02T23:00:00.000Z");
    sql.execute("update access_token_secrets set expires_at = timestamp '2026-03-02 23:00:00'");
    assertEquals(List.of(), problems(), "ends with the token");
    expiry("2026-04-01T12:00:00.000Z");
    assertEquals(List.of(), problems(), "a later expiry does not extend the previous secret");
    sql.execute("update access_token_secrets set expires_at = timestamp '2026-03-03 12:00:00'");
    assertEquals(1, problems().size(), "extended again");
    event(TOKEN, "previous-secret-ended", "{\"by\":\"request\"}");
    assertEquals(List.of(inserted + "no event says that it is valid"), problems());
    sql.execute("update access_token_secrets set ended_at = timestamp '2026-03-02 13:00:00'");
    assertEquals(List.of(), problems());
  }
}
