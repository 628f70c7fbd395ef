package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.ManualClock;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests which permissions a caller with a personal token has. */
class PersonalTokenPermissionsTest {

  private static final String READ = "access-tokens:service:read";
  private static final String WRITE = "access-tokens:service:write";
  private static final String REVOKE = "access-tokens:service:revoke";
  private static final String OWN_READ = "access-tokens:user:read";
  private static final String OWN_REVOKE = "access-tokens:user:revoke";

  private final ApiFixture api = new ApiFixture();

  private String raw(String person, String... scopes) {
    String json = scopes.length == 0 ? "[]" : "[\"" + String.join("\",\"", scopes) + "\"]";
    String body = "{\"name\":\"t%d\",\"scopes\":%s}".formatted(System.nanoTime(), json);
    return api.as(person).post(ApiFixture.PERSONAL, body).expect(201).json().getString("rawToken");
  }

  private static List<String> texts(JsonObject json, String member) {
    return json.getJsonArray(member).getValuesAs(JsonString::getString);
  }

  private static String path(JsonObject made) {
    return ApiFixture.SERVICE + "/" + made.getJsonObject("token").getString("id");
  }

  @Test
  void tokenWithoutScopesIsReadOnly() {
    JsonObject service = api.create("deploy", "[\"catalog:read\"]");
    String raw = raw("carol");
    JsonObject me = api.with(raw).get(ApiFixture.WHOAMI).expect(200).json();
    assertEquals("user", me.getString("type"));
    assertEquals("user:default/carol", me.getString("subject"));
    assertEquals(List.of(READ, OWN_READ), texts(me, "permissions"));
    assertEquals(List.of(READ, OWN_READ), texts(me, "scopes"));
    JsonObject own = api.with(raw).get(ApiFixture.PERSONAL).expect(200).json();
    JsonObject token = own.getJsonArray("tokens").getJsonObject(0);
    assertEquals(token.getString("id"), me.getString("tokenId"));
    assertEquals(token.getString("expiresAt"), me.getString("expiresAt"));
    api.with(raw).get(path(service)).expect(200);
    api.with(raw).get(path(service) + "/audit").expect(200);
    ApiFixture.Answer denied =
        api.with(raw).delete(path(service), "{\"reason\":\"r\"}").expect(403);
    assertEquals(
        "Bearer realm=\"access-tokens\", error=\"insufficient_scope\", scope=\"" + REVOKE + "\"",
        denied.header("WWW-Authenticate"));
    api.with(raw).post(ApiFixture.SERVICE, ApiFixture.body("x", "[\"catalog:read\"]")).expect(403);
    api.with(raw).delete(ApiFixture.PERSONAL + "/" + token.getString("id"), "{}").expect(403);
    api.with(raw).form(ApiFixture.INTROSPECT, "token=x").expectOAuth(403, "insufficient_scope");
  }

  @Test
  void tokenHasNoPermissionThatItsUserLacks() {
    String raw = raw("dave", READ, WRITE, REVOKE, "access-tokens:introspect", OWN_READ);
    JsonObject me = api.with(raw).get(ApiFixture.WHOAMI).expect(200).json();
    assertEquals(List.of(OWN_READ), texts(me, "permissions"));
    assertEquals(List.of(OWN_READ), texts(me, "scopes"));
    api.with(raw).get(ApiFixture.SERVICE).expect(403);
    api.with(raw).form(ApiFixture.INTROSPECT, "token=x").expectOAuth(403, "insufficient_scope");
    assertEquals(
        List.of(OWN_READ), texts(api.with(raw("dave")).get(ApiFixture.WHOAMI).json(), "scopes"));
  }

  @Test
  void scopesNarrowThePermissionsOfTheUser() {
    JsonObject service = api.create("deploy", "[\"catalog:read\"]");
    String catalog = raw("alice", "catalog:read");
    assertEquals(List.of(), texts(api.with(catalog).get(ApiFixture.WHOAMI).json(), "permissions"));
    api.with(catalog).get(ApiFixture.SERVICE).expect(403);
    api.with(catalog).get(ApiFixture.PERSONAL).expect(403);
    String revoking = raw("alice", REVOKE);
    api.with(revoking).get(path(service)).expect(403);
    api.with(revoking).delete(path(service), "{\"reason\":\"r\"}").expect(204);
    assertEquals(
        "user:default/alice", api.as("alice").get(path(service)).json().getString("revokedBy"));
  }

  @Test
  void tokenIsLimitedToTheGroupsOfItsUser() {
    String body = ApiFixture.body("pay", "[\"catalog:read\"]").replace("platform", "payments");
    JsonObject payments = api.as("alice").post(ApiFixture.SERVICE, body).expect(201).json();
    String tokenOfCarol = raw("carol", READ, WRITE, REVOKE, "catalog:read");
    api.with(tokenOfCarol).get(path(payments)).expect(404);
    api.with(tokenOfCarol).delete(path(payments), "{\"reason\":\"r\"}").expect(404);
    api.with(tokenOfCarol).post(ApiFixture.SERVICE, body.replace("pay\"", "pay-2\"")).expect(403);
    api.with(raw("bob")).get(path(payments)).expect(200);
  }

  @Test
  void createdServiceTokensGetOnlyScopesOfThePersonalToken() {
    String body = ApiFixture.body("made", "[\"catalog:read\"]");
    api.with(raw("carol", READ)).post(ApiFixture.SERVICE, body).expect(403);
    api.with(raw("carol", WRITE)).post(ApiFixture.SERVICE, body).expect(403);
    String writing = raw("carol", WRITE, "catalog:read");
    JsonObject made = api.with(writing).post(ApiFixture.SERVICE, body).expect(201).json();
    JsonObject token = made.getJsonObject("token");
    assertEquals("user:default/carol", token.getString("createdBy"));
    Instant ownEnd =
        Instant.parse(api.with(writing).get(ApiFixture.WHOAMI).json().getString("expiresAt"));
    assertEquals(ownEnd, Instant.parse(token.getString("expiresAt")), "it does not outlive it");
    String tooLong = body.replace("made", "late").replace("{", "{\"expiresInDays\":31,");
    assertEquals(
        List.of("expiresInDays"),
        api.with(writing).post(ApiFixture.SERVICE, tooLong).expect(422).fields());
    for (String scope : List.of("catalog:write", WRITE, "access-tokens:introspect")) {
      String more = ApiFixture.body("more", "[\"" + scope + "\"]");
      api.with(writing).post(ApiFixture.SERVICE, more).expect(403);
      api.with(raw("alice", WRITE, "catalog:read")).post(ApiFixture.SERVICE, more).expect(403);
    }
  }

  /** A client must not request a scope that would not help (RFC 6750, section 3.1). */
  @Test
  void challengeNamesOnlyScopesThatWouldBeEnough() {
    JsonObject service = api.create("deploy", "[\"catalog:read\"]");
    String writing = raw("carol", WRITE, "catalog:read");
    assertEquals(
        "Bearer realm=\"access-tokens\", error=\"insufficient_scope\", scope=\"catalog:write\"",
        challengeOfCreation(writing, ApiFixture.body("made", "[\"catalog:write\"]")));
    assertNull(
        challengeOfCreation(writing, ApiFixture.body("made", "[\"" + WRITE + "\"]")),
        "no token grants a permission");
    String other = ApiFixture.body("made", "[\"catalog:read\"]").replace("platform", "payments");
    assertNull(challengeOfCreation(writing, other), "the user is not in this group");
    ApiFixture.Answer later = api.with(writing).post(path(service) + "/rotate", "{}").expect(403);
    assertNull(later.header("WWW-Authenticate"), "the service token expires later");
  }

  private @Nullable String challengeOfCreation(String raw, String body) {
    return api.with(raw).post(ApiFixture.SERVICE, body).expect(403).header("WWW-Authenticate");
  }

  @Test
  void tokenCannotCreatePersonalTokens() {
    String all = raw("alice", READ, WRITE, REVOKE, OWN_READ, OWN_REVOKE, "catalog:read");
    api.with(all).post(ApiFixture.PERSONAL, "{\"name\":\"child\"}").expect(403);
    api.with(raw("alice")).post(ApiFixture.PERSONAL, "{\"name\":\"child\"}").expect(403);
  }

  @Test
  void revokingOwnTokensRequiresTheScope() {
    JsonObject other = api.mint("dave", "[]");
    String id = ApiFixture.PERSONAL + "/" + other.getJsonObject("token").getString("id");
    api.with(raw("carol", OWN_REVOKE)).delete(id, "{}").expect(404);
    api.with(raw("dave", OWN_READ)).delete(id, "{}").expect(403);
    api.with(raw("dave", OWN_REVOKE)).delete(id, "{}").expect(204);
    api.with(other.getString("rawToken")).get(ApiFixture.WHOAMI).expect(401);
  }

  @Test
  void membershipChangesApplyAtOnce() {
    JsonObject service = api.create("deploy", "[\"catalog:read\"]");
    String raw = raw("carol", READ, WRITE, "catalog:read");
    api.with(raw).get(path(service)).expect(200);
    api.with(raw).get(ApiFixture.VERIFY + "?scope=catalog:read").expect(204);
    api.platform.clear();
    api.with(raw).get(path(service)).expect(403);
    assertEquals(List.of(), texts(api.with(raw).get(ApiFixture.WHOAMI).json(), "permissions"));
    api.with(raw).get(ApiFixture.VERIFY + "?scope=catalog:read").expect(403);
    api.platform.add("carol");
    api.with(raw).get(path(service)).expect(200);
  }

  @Test
  void tokenOfADeletedUserIsRejected() {
    String raw = raw("dave");
    api.with(raw).get(ApiFixture.WHOAMI).expect(200);
    api.gone.add("dave");
    ApiFixture.Answer answer = api.with(raw).get(ApiFixture.WHOAMI).expect(401);
    String challenge = String.valueOf(answer.header("WWW-Authenticate"));
    assertTrue(challenge.contains("invalid_token"), challenge);
    api.with(raw).get(ApiFixture.VERIFY).expect(401);
    JsonObject introspected = api.as("alice").form(ApiFixture.INTROSPECT, "token=" + raw).json();
    assertEquals("{\"active\":false}", introspected.toString());
    assertEquals(List.of("accepted", "OWNER_GONE", "OWNER_GONE", "OWNER_GONE"), api.reported);
    api.gone.clear();
    api.with(raw).get(ApiFixture.WHOAMI).expect(200);
  }

  private void assertUnavailable(String raw) {
    assertEquals("1", api.with(raw).get(ApiFixture.WHOAMI).expect(503).header("Retry-After"));
    api.with(raw).get(ApiFixture.VERIFY).expect(503);
    api.as("gateway")
        .form(ApiFixture.INTROSPECT, "token=" + raw)
        .expectOAuth(503, "temporarily_unavailable");
  }

  @Test
  void failedUserLookupIs503() {
    String raw = raw("dave");
    api.usersUp = false;
    assertUnavailable(raw);
    api.usersUp = true;
    api.with(raw).get(ApiFixture.WHOAMI).expect(200);
    api.groupsUp = false;
    assertUnavailable(raw);
    // A revocation requires no user lookup.
    api.anonymous().form(ApiFixture.REVOKE, "token=" + raw).expect(200);
    api.with(raw).get(ApiFixture.WHOAMI).expect(401);
  }

  @Test
  void revokedTokenIsRejected() {
    JsonObject made = api.mint("dave", "[]");
    String raw = made.getString("rawToken");
    api.with(raw).get(ApiFixture.WHOAMI).expect(200);
    String path = ApiFixture.PERSONAL + "/" + made.getJsonObject("token").getString("id");
    api.store.untilFinal = Duration.ofMillis(100);
    long start = System.nanoTime();
    api.as("dave").delete(path, "{}").expect(204);
    assertTrue(System.nanoTime() - start >= api.store.untilFinal.toNanos(), "not final");
    api.with(raw).get(ApiFixture.WHOAMI).expect(401);
    assertEquals(List.of("accepted", "REVOKED"), api.reported);
  }

  @Test
  void expiredTokenIsRejected() {
    ManualClock clock = new ManualClock();
    ApiFixture timed = ApiFixture.at(clock);
    Instant expiresAt = clock.instant().plusSeconds(5);
    String raw =
        timed
            .as("dave")
            .post(ApiFixture.PERSONAL, "{\"name\":\"s\",\"expiresAt\":\"" + expiresAt + "\"}")
            .expect(201)
            .json()
            .getString("rawToken");
    clock.set(expiresAt.minusMillis(1));
    timed.with(raw).get(ApiFixture.WHOAMI).expect(200);
    clock.set(expiresAt);
    timed.with(raw).get(ApiFixture.WHOAMI).expect(401);
    assertEquals(List.of("accepted", "EXPIRED"), timed.reported);
  }

  @Test
  void proxyHeadersNameTheUser() {
    JsonObject made = api.mint("carol", "[\"catalog:read\",\"" + READ + "\"]");
    String raw = made.getString("rawToken");
    ApiFixture.Answer answer =
        api.with(raw).get(ApiFixture.VERIFY + "?scope=catalog:read").expect(204);
    assertEquals("user:default/carol", answer.header("X-Access-Token-Subject"));
    assertEquals("catalog:read " + READ, answer.header("X-Access-Token-Scopes"));
    assertEquals(made.getJsonObject("token").getString("id"), answer.header("X-Access-Token-Id"));
    api.with(raw).get(ApiFixture.VERIFY + "?scope=catalog:write").expect(403);
    // A user who cannot give a service token this scope cannot use it with a personal token either.
    api.with(raw("dave", "catalog:read"))
        .get(ApiFixture.VERIFY + "?scope=catalog:read")
        .expect(403);
    api.with(raw("bob", "catalog:read")).get(ApiFixture.VERIFY + "?scope=catalog:read").expect(403);
  }

  @Test
  void introspectionNamesTheUser() {
    JsonObject made = api.mint("carol", "[\"catalog:read\"]");
    JsonObject token = made.getJsonObject("token");
    JsonObject reported =
        api.as("alice").form(ApiFixture.INTROSPECT, "token=" + made.getString("rawToken")).json();
    assertTrue(reported.getBoolean("active"), reported::toString);
    assertEquals("user:default/carol", reported.getString("sub"));
    assertEquals("user:default/carol", reported.getString("username"));
    assertEquals("catalog:read", reported.getString("scope"));
    assertEquals(token.getString("id"), reported.getString("jti"));
    assertEquals(token.getString("expiresAt"), reported.getString("expires_at"));
  }

  @Test
  void anyHolderCanRevokeTheToken() {
    JsonObject made = api.mint("dave", "[]");
    String raw = made.getString("rawToken");
    String path = ApiFixture.PERSONAL + "/" + made.getJsonObject("token").getString("id");
    api.anonymous().form(ApiFixture.REVOKE, "token=" + raw).expect(200);
    api.anonymous().form(ApiFixture.REVOKE, "token=" + raw).expect(200);
    api.with(raw).get(ApiFixture.WHOAMI).expect(401);
    JsonObject auditLog = api.as("dave").get(path + "/audit").json();
    assertEquals(2, auditLog.getInt("total"));
    JsonObject event = auditLog.getJsonArray("events").getJsonObject(0);
    assertEquals("user:default/dave", event.getString("actor"));
    assertEquals(
        "revoked by its bearer (RFC 7009)", event.getJsonObject("metadata").getString("reason"));
  }
}
