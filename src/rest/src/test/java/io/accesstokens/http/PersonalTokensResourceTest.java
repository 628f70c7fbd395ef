package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.http.problem.Problem;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PersonalTokensResourceTest {

  private static final String NO_ID = "00000000-0000-4000-8000-000000000000";

  private final ApiFixture api = new ApiFixture();

  private static String path(JsonObject made) {
    return ApiFixture.PERSONAL + "/" + made.getJsonObject("token").getString("id");
  }

  private static String adminPath(JsonObject made) {
    return ApiFixture.USER_TOKENS + "/" + made.getJsonObject("token").getString("id");
  }

  /**
   * Returns the token without its status. The status changes with time: a token with a lifetime of
   * 30 days soon has less than 30 days left.
   */
  private static JsonObject lasting(JsonObject token) {
    return Json.createObjectBuilder(token).remove("status").build();
  }

  @Test
  void creationReturnsTheRawTokenOnceAndItsLocation() {
    ApiFixture.Answer answer =
        api.as("dave").post(ApiFixture.PERSONAL, "{\"name\":\" my laptop \"}").expect(201);
    JsonObject token = answer.json().getJsonObject("token");
    String raw = answer.json().getString("rawToken");
    assertTrue(raw.startsWith("bpat_"), raw);
    assertEquals(raw.substring(0, 12), token.getString("prefix"));
    assertEquals(
        "/context/api/access-tokens/personal/" + token.getString("id"), answer.header("Location"));
    assertEquals(
        List.of(
            "id",
            "name",
            "prefix",
            "scopes",
            "createdAt",
            "expiresAt",
            "lastUsedAt",
            "revokedAt",
            "revokedBy",
            "status",
            "secretCreatedAt",
            "lifetimeSeconds",
            "previousSecret"),
        List.copyOf(token.keySet()));
    assertEquals("my laptop", token.getString("name"));
    assertEquals("[]", token.getJsonArray("scopes").toString());
    Duration life =
        Duration.between(
            Instant.parse(token.getString("createdAt")),
            Instant.parse(token.getString("expiresAt")));
    assertEquals(Duration.ofDays(30), life);
    assertEquals(life.toSeconds(), token.getInt("lifetimeSeconds"));
    assertEquals(
        lasting(token), lasting(api.as("dave").get(path(answer.json())).expect(200).json()));
    JsonObject list = api.as("dave").get(ApiFixture.PERSONAL).expect(200).json();
    assertEquals(lasting(token), lasting(list.getJsonArray("tokens").getJsonObject(0)));
    assertEquals(List.of("tokens", "total", "limit", "offset"), List.copyOf(list.keySet()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|name",
        "{\"name\":7}|name",
        "{\"name\":\"  \"}|name",
        "{\"name\":\"ü\"}|name",
        "{\"name\":\"a;b\"}|name",
        "{\"name\":\"bsat_000000000000000000000000000000000000022tlr4\"}|name",
        "{\"name\":\"n\",\"scopes\":\"catalog:read\"}|scopes",
        "{\"name\":\"n\",\"scopes\":[\"nonsense\"]}|scopes[0]",
        "{\"name\":\"n\",\"scopes\":[\"catalog:read\",null]}|scopes[1]",
        "{\"name\":\"n\",\"scopes\":[\"access-tokens:user:write\"]}|scopes[0]",
        "{\"name\":\"n\",\"scopes\":[\"access-tokens:user:admin\"]}|scopes[0]",
        "{\"name\":\"n\",\"expiresInDays\":0}|expiresInDays",
        "{\"name\":\"n\",\"expiresInDays\":366}|expiresInDays",
        "{\"name\":\"n\",\"expiresInDays\":1.5}|expiresInDays",
        "{\"name\":\"n\",\"expiresAt\":\"2020-01-01T00:00:00Z\"}|expiresAt",
        "{\"name\":\"n\",\"expiresAt\":\"2099-01-01T00:00:00Z\"}|expiresAt",
        "{\"name\":\"n\",\"expiresAt\":\"tomorrow\"}|expiresAt",
        "{\"name\":\"n\",\"expiresAt\":\"2099-01-01T00:00:00Z\",\"expiresInDays\":1}|expiresAt",
      })
  void aWrongFieldIsNamed(String body, String field) {
    assertEquals(
        List.of(field), api.as("dave").post(ApiFixture.PERSONAL, body).expect(422).fields());
  }

  @Test
  void namesAreUniquePerUser() {
    String all = "AZaz09 _.-:/";
    String body = "{\"name\":\"%s\"}".formatted(all + "x".repeat(100 - all.length()));
    JsonObject made = api.as("dave").post(ApiFixture.PERSONAL, body).expect(201).json();
    ApiFixture.Answer taken = api.as("dave").post(ApiFixture.PERSONAL, body).expect(409);
    assertEquals(Problem.NAME_TAKEN, taken.json().getString("type"));
    api.as("carol").post(ApiFixture.PERSONAL, body).expect(201);
    api.as("dave").delete(path(made), "{}").expect(204);
    api.as("dave").post(ApiFixture.PERSONAL, body).expect(201);
  }

  @Test
  void liveTokensOfAUserAreLimited() {
    JsonObject first = api.mint("dave", "[]");
    for (int i = 0; i < 4; i++) {
      api.as("dave").post(ApiFixture.PERSONAL, "{\"name\":\"n" + i + "\"}").expect(201);
    }
    ApiFixture.Answer full =
        api.as("dave").post(ApiFixture.PERSONAL, "{\"name\":\"n\"}").expect(409);
    assertEquals(Problem.LIMIT_REACHED, full.json().getString("type"));
    api.as("dave").delete(path(first), "{}").expect(204);
    api.as("dave").post(ApiFixture.PERSONAL, "{\"name\":\"n\"}").expect(201);
  }

  @Test
  void tooManyChangesAre429WithRetryAfter() {
    JsonObject made = api.mint("dave", "[]");
    api.limited = "dave";
    api.as("dave").post(ApiFixture.PERSONAL, "{").expect(400);
    ApiFixture.Answer answer =
        api.as("dave").post(ApiFixture.PERSONAL, "{\"name\":\"n\"}").expect(429);
    assertEquals("2", answer.header("Retry-After"));
    api.as("dave").delete(path(made), "{}").expect(429);
    api.as("dave").get(path(made)).expect(200);
    api.mint("carol", "[]");
    api.as("alice").delete(adminPath(made), "{\"reason\":\"r\"}").expect(204);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "{\"reason\":null}", "{\"reason\":\" lost \"}"})
  void revokingNeedsNoReason(String body) {
    JsonObject made = api.mint("dave", "[]");
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    ApiFixture.Call call = api.as("dave");
    if (!body.isEmpty()) {
      call.header("Content-Type", "application/json");
    }
    call.send("DELETE", path(made), bytes).expect(204);
    JsonObject event =
        api.as("dave").get(path(made) + "/audit").json().getJsonArray("events").getJsonObject(0);
    assertEquals("revoked", event.getString("event"));
    assertEquals("user:default/dave", event.getString("actor"));
    assertEquals(
        body.contains("lost") ? "{\"reason\":\"lost\"}" : "{}",
        event.getJsonObject("metadata").toString());
    api.as("dave").delete(path(made), "{}").expect(409);
    JsonObject dead = api.as("dave").get(path(made)).expect(200).json();
    assertEquals("revoked", dead.getString("status"));
    assertEquals("user:default/dave", dead.getString("revokedBy"));
  }

  @Test
  void aWrongReasonIsNamed() {
    JsonObject made = api.mint("dave", "[]");
    for (String reason : List.of("\" \"", "7", "\"" + "x".repeat(501) + "\"")) {
      String body = "{\"reason\":" + reason + "}";
      assertEquals(List.of("reason"), api.as("dave").delete(path(made), body).expect(422).fields());
    }
    api.as("dave").header("Content-Type", "text/plain").delete(path(made), "{}").expect(415);
    api.as("dave").delete(path(made), "[]").expect(400);
  }

  @Test
  void auditLogStartsWithMinted() {
    JsonObject made = api.mint("dave", "[]");
    JsonObject auditLog = api.as("dave").get(path(made) + "/audit").expect(200).json();
    assertEquals(1, auditLog.getInt("total"));
    JsonObject event = auditLog.getJsonArray("events").getJsonObject(0);
    assertEquals("minted", event.getString("event"));
    assertEquals("{}", event.getJsonObject("metadata").toString());
    assertEquals(
        0, api.as("dave").get(path(made) + "/audit?offset=1").json().getJsonArray("events").size());
    api.as("dave").get(path(made) + "/audit?limit=-1").expect(400);
  }

  @Test
  void tokenOfAnotherUserIsNotFound() {
    JsonObject made = api.mint("dave", "[]");
    for (String other : List.of("alice", "bob", "carol")) {
      for (String suffix : List.of("", "/audit", "/usage")) {
        String foreign = api.as(other).get(path(made) + suffix).expect(404).text();
        String unknown =
            api.as(other).get(ApiFixture.PERSONAL + "/" + NO_ID + suffix).expect(404).text();
        assertEquals(unknown, foreign);
      }
      String foreign = api.as(other).delete(path(made), "{}").expect(404).text();
      String unknown =
          api.as(other).delete(ApiFixture.PERSONAL + "/" + NO_ID, "{}").expect(404).text();
      assertEquals(unknown, foreign);
      assertEquals(0, api.as(other).get(ApiFixture.PERSONAL).expect(200).json().getInt("total"));
    }
    api.as("dave").get(ApiFixture.PERSONAL + "/no-uuid").expect(404);
    api.as("dave").delete(ApiFixture.PERSONAL + "/no-uuid", "{}").expect(404);
    JsonObject own = api.as("dave").get(path(made)).expect(200).json();
    assertTrue(own.isNull("revokedAt"), own::toString);
    api.anonymous().get(path(made)).expect(401);
  }

  @Test
  void administratorsListAndRevokeButCannotCreate() {
    JsonObject made = api.mint("dave", "[\"catalog:read\"]");
    JsonObject list =
        api.as("alice").get(ApiFixture.USER_TOKENS + "?userEntityRef=dave").expect(200).json();
    assertEquals(1, list.getInt("total"));
    JsonObject token = list.getJsonArray("tokens").getJsonObject(0);
    assertEquals("user:default/dave", token.getString("userEntityRef"));
    assertEquals(token, api.as("alice").get(adminPath(made)).expect(200).json());
    assertFalse(list.toString().contains(made.getString("rawToken")), list::toString);
    assertEquals(
        List.of("reason"), api.as("alice").delete(adminPath(made), "{}").expect(422).fields());
    api.as("alice").delete(adminPath(made), "{\"reason\":\"lost laptop\"}").expect(204);
    api.as("alice").delete(adminPath(made), "{\"reason\":\"again\"}").expect(409);
    api.with(made.getString("rawToken")).get(ApiFixture.WHOAMI).expect(401);
    JsonObject auditLog = api.as("dave").get(path(made) + "/audit").expect(200).json();
    assertEquals(auditLog, api.as("alice").get(adminPath(made) + "/audit").expect(200).json());
    JsonObject event = auditLog.getJsonArray("events").getJsonObject(0);
    assertEquals("user:default/alice", event.getString("actor"));
    assertEquals("lost laptop", event.getJsonObject("metadata").getString("reason"));
    assertEquals(
        "user:default/alice", api.as("dave").get(path(made)).json().getString("revokedBy"));
    api.as("alice").post(ApiFixture.USER_TOKENS, "{\"name\":\"n\"}").expect(405);
    api.as("alice").get(ApiFixture.USER_TOKENS).expect(400);
    api.as("alice").get(ApiFixture.USER_TOKENS + "?userEntityRef=group:x/y").expect(400);
    api.as("alice").get(ApiFixture.USER_TOKENS + "/" + NO_ID).expect(404);
    assertEquals(
        0,
        api.as("alice")
            .get(ApiFixture.USER_TOKENS + "?userEntityRef=unknown")
            .json()
            .getInt("total"));
  }

  private List<String> users(String query) {
    return api
        .as("alice")
        .get(ApiFixture.USER_TOKENS + "/users?" + query)
        .expect(200)
        .json()
        .getJsonArray("users")
        .getValuesAs(JsonObject.class)
        .stream()
        .map(user -> user.getString("userEntityRef") + (user.containsKey("gone") ? " gone" : ""))
        .toList();
  }

  @Test
  void usersWhoHaveLeftAreMarked() {
    api.mint("alice", "[]");
    api.mint("bob", "[]");
    api.mint("carol", "[]");
    api.mint("dave", "[]");
    api.gone.addAll(List.of("bob", "dave"));
    List<String> all =
        List.of(
            "user:default/alice",
            "user:default/bob gone",
            "user:default/carol",
            "user:default/dave gone");
    assertEquals(all, users(""));
    assertEquals(List.of(all.get(1), all.get(3)), users("gone=true"));
    assertEquals(List.of(all.get(3)), users("gone=true&after=user:default/bob"));
    assertEquals(List.of(), users("gone=true&limit=0"));
    JsonObject first =
        api.as("alice").get(ApiFixture.USER_TOKENS + "/users?limit=3").expect(200).json();
    assertEquals(4, first.getInt("total"));
    assertEquals("user:default/carol", first.getString("next"));
    JsonObject left =
        api.as("alice").get(ApiFixture.USER_TOKENS + "/users?gone=true&limit=1").json();
    assertFalse(left.containsKey("total"), left::toString);
    assertEquals("user:default/bob", left.getString("next"));
    api.usersUp = false;
    assertEquals(all.stream().map(user -> user.replace(" gone", "")).toList(), users(""));
    api.as("alice").get(ApiFixture.USER_TOKENS + "/users?gone=true").expect(503);
  }

  @ParameterizedTest
  @CsvSource({
    "limit=501,limit",
    "after=x:y,after",
    "q=%00,q",
    "gone=yes,gone",
    "limit=x&after=group:default/a,limit after"
  })
  void wrongParametersOfTheListOfUsersAreReported(String query, String fields) {
    assertEquals(
        Set.of(fields.split(" ")),
        Set.copyOf(
            api.as("alice").get(ApiFixture.USER_TOKENS + "/users?" + query).expect(400).fields()));
  }

  @Test
  void allTokensOfAUserAreRevokedByOneCall() {
    JsonObject one = api.mint("dave", "[]");
    JsonObject two =
        api.as("dave").post(ApiFixture.PERSONAL, "{\"name\":\"two\"}").expect(201).json();
    JsonObject hers = api.mint("carol", "[]");
    String body = "{\"userEntityRef\":\"Dave\",\"reason\":\" left \"}";
    JsonObject answer =
        api.as("alice").post(ApiFixture.USER_TOKENS + "/revoke", body).expect(200).json();
    assertEquals("user:default/dave", answer.getString("userEntityRef"));
    assertEquals(
        Set.of(
            one.getJsonObject("token").getString("id"), two.getJsonObject("token").getString("id")),
        answer.getJsonArray("revoked").getValuesAs(JsonString.class).stream()
            .map(JsonString::getString)
            .collect(Collectors.toSet()));
    api.with(one.getString("rawToken")).get(ApiFixture.WHOAMI).expect(401);
    api.with(two.getString("rawToken")).get(ApiFixture.WHOAMI).expect(401);
    api.with(hers.getString("rawToken")).get(ApiFixture.WHOAMI).expect(200);
    JsonObject event =
        api.as("dave").get(path(two) + "/audit").json().getJsonArray("events").getJsonObject(0);
    assertEquals("user:default/alice", event.getString("actor"));
    assertEquals("left", event.getJsonObject("metadata").getString("reason"));
    answer = api.as("alice").post(ApiFixture.USER_TOKENS + "/revoke", body).expect(200).json();
    assertTrue(answer.getJsonArray("revoked").isEmpty(), answer::toString);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|userEntityRef reason",
        "{\"userEntityRef\":7,\"reason\":[]}|userEntityRef reason",
        "{\"userEntityRef\":\"group:default/platform\",\"reason\":\"r\"}|userEntityRef",
        "{\"userEntityRef\":\"\",\"reason\":\" \"}|userEntityRef reason"
      })
  void wrongFieldsOfTheRevocationOfAllAreReported(String body, String fields) {
    assertEquals(
        Set.of(fields.split(" ")),
        Set.copyOf(
            api.as("alice").post(ApiFixture.USER_TOKENS + "/revoke", body).expect(422).fields()));
  }

  @Test
  void onlyAdministratorsManageTokensOfOthers() {
    JsonObject made = api.mint("dave", "[]");
    String tokenOfAlice =
        api.mint("alice", "[\"access-tokens:user:read\",\"access-tokens:user:revoke\"]")
            .getString("rawToken");
    String service =
        api.create("s", "[\"access-tokens:service:read\",\"access-tokens:service:revoke\"]")
            .getString("rawToken");
    for (ApiFixture.Call caller :
        List.of(
            api.as("bob"),
            api.as("carol"),
            api.as("dave"),
            api.with(tokenOfAlice),
            api.with(service))) {
      caller.get(ApiFixture.USER_TOKENS + "?userEntityRef=dave").expect(403);
      caller.get(adminPath(made)).expect(403);
      caller.get(adminPath(made) + "/audit").expect(403);
      caller.delete(adminPath(made), "{\"reason\":\"r\"}").expect(403);
      caller.get(ApiFixture.USER_TOKENS + "/users").expect(403);
      caller.post(ApiFixture.USER_TOKENS + "/revoke", "nonsense").expect(403);
    }
    api.anonymous().get(adminPath(made)).expect(401);
  }

  @Test
  void serviceTokensCannotManagePersonalTokens() {
    JsonObject made = api.mint("alice", "[]");
    String service =
        api.create(
                "s",
                "[\"access-tokens:service:read\",\"access-tokens:service:write\","
                    + "\"access-tokens:service:revoke\",\"access-tokens:introspect\"]")
            .getString("rawToken");
    api.with(service).get(ApiFixture.PERSONAL).expect(403);
    api.with(service).get(ApiFixture.PERSONAL + "/scopes").expect(403);
    api.with(service).get(path(made)).expect(403);
    api.with(service).get(path(made) + "/audit").expect(403);
    api.with(service).post(ApiFixture.PERSONAL, "{\"name\":\"n\"}").expect(403);
    api.with(service).delete(path(made), "{}").expect(403);
  }
}
