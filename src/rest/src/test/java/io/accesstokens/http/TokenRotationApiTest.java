package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.Midnight;
import io.accesstokens.token.TokenCaller;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.verify.PresentedSecret.SecretId;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the rotation of tokens over HTTP. The contract suite tests the rules of rotations. */
class TokenRotationApiTest {

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private static final String NO_ID = "00000000-0000-4000-8000-000000000000";

  private final ApiFixture api = new ApiFixture();
  private final JsonObject made = api.create("deploy", "[\"catalog:read\"]");
  private final String raw = made.getString("rawToken");
  private final String path =
      ApiFixture.SERVICE + "/" + made.getJsonObject("token").getString("id");

  private JsonObject rotate(String body) {
    return api.as("alice").post(path + "/rotate", body).expect(200).json();
  }

  private List<String> events() {
    return api
        .as("alice")
        .get(path + "/audit")
        .json()
        .getJsonArray("events")
        .getValuesAs(JsonObject.class)
        .stream()
        .map(event -> event.getString("event"))
        .toList();
  }

  @Test
  void emptyBodyNeedsNoContentType() {
    ApiFixture.Answer answer = api.as("alice").send("POST", path + "/rotate", null).expect(200);
    JsonObject rotated = answer.json();
    assertEquals(List.of("token", "rawToken", "previousSecret"), List.copyOf(rotated.keySet()));
    String fresh = rotated.getString("rawToken");
    JsonObject token = rotated.getJsonObject("token");
    assertNotEquals(raw, fresh);
    assertEquals(fresh.substring(0, 12), token.getString("tokenPrefix"));
    JsonObject previous = rotated.getJsonObject("previousSecret");
    assertEquals(List.of("tokenPrefix", "expiresAt"), List.copyOf(previous.keySet()));
    assertEquals(raw.substring(0, 12), previous.getString("tokenPrefix"));
    assertEquals(
        Instant.parse(token.getString("secretCreatedAt")).plusSeconds(86_400),
        Instant.parse(previous.getString("expiresAt")));
    JsonObject shown = token.getJsonObject("previousSecret");
    assertEquals(
        List.of("tokenPrefix", "expiresAt", "lastUsedAt", "lastUsedAddress", "usesToday"),
        List.copyOf(shown.keySet()));
    assertEquals(JsonValue.NULL, shown.get("lastUsedAt"));
    assertEquals(JsonValue.NULL, shown.get("lastUsedAddress"));
    assertEquals(0, shown.getInt("usesToday"));
    assertEquals(token, api.as("alice").get(path).expect(200).json());
  }

  @Test
  void overviewListsTokensInTheirGracePeriod() {
    JsonObject none = inGracePeriod();
    assertEquals(0, none.getJsonArray("tokens").size(), "tokens before the rotation");
    rotate("{}");
    JsonObject one = inGracePeriod();
    assertEquals(List.of(api.as("alice").get(path).json()), one.getJsonArray("tokens"));
    assertFalse(one.getBoolean("more"), "there is one token");
    for (int i = 0; i < 10; i++) {
      JsonObject next = api.create("deploy-" + i, "[\"catalog:read\"]").getJsonObject("token");
      api.as("alice")
          .post(ApiFixture.SERVICE + "/" + next.getString("id") + "/rotate", "{}")
          .expect(200);
    }
    assertEquals(10, inGracePeriod().getJsonArray("tokens").size());
    assertTrue(inGracePeriod().getBoolean("more"), "there are eleven tokens");
    assertEquals(
        10,
        api.as("carol")
            .get(ApiFixture.SERVICE + "/overview")
            .json()
            .getJsonObject("inGracePeriod")
            .getJsonArray("tokens")
            .size(),
        "tokens of the groups of carol");
    api.as("alice").send("DELETE", path + "/previous-secret", null).expect(204);
    assertFalse(inGracePeriod().getBoolean("more"), "ten tokens are left");
  }

  @Test
  void overviewListsTheCallersOfAnEndedSecret() {
    Midnight.avoid(ZoneOffset.UTC, Duration.ofMinutes(1));
    JsonObject token = rotate("{\"gracePeriodSeconds\":0}").getJsonObject("token");
    Instant at = Instant.now();
    TokenCaller caller =
        new TokenCaller(new TokenCaller.Key(1, false, "192.0.2.1", "curl/8.5.0"), 7, at);
    UUID id = UUID.fromString(token.getString("id"));
    api.store.recordUses(
        Map.of(
            new SecretId(id, 1),
            TokenUsage.of(UsageCount.NONE, 0, 0, 0, 7, at, "192.0.2.1")
                .withCallers(List.of(caller))));
    JsonObject ended =
        api.as("alice")
            .get(ApiFixture.SERVICE + "/overview")
            .json()
            .getJsonObject("usedAfterEnd")
            .getJsonArray("tokens")
            .getJsonObject(0);
    assertEquals(token.getString("id"), ended.getJsonObject("token").getString("id"));
    assertEquals("ended-secret", ended.getString("reason"));
    assertEquals(7, ended.getInt("usesToday"));
    JsonObject shown = ended.getJsonArray("callers").getJsonObject(0);
    assertEquals("192.0.2.1", shown.getString("address"));
    assertEquals("curl/8.5.0", shown.getString("client"));
  }

  private JsonObject inGracePeriod() {
    return api.as("alice")
        .get(ApiFixture.SERVICE + "/overview")
        .expect(200)
        .json()
        .getJsonObject("inGracePeriod");
  }

  @Test
  void graceOfZeroLeavesNoPreviousSecret() {
    JsonObject rotated = rotate("{\"gracePeriodSeconds\":0}");
    assertEquals(JsonValue.NULL, rotated.get("previousSecret"));
    assertEquals(JsonValue.NULL, rotated.getJsonObject("token").get("previousSecret"));
    api.with(raw).get(ApiFixture.WHOAMI).expect(401);
  }

  @Test
  void lifetimeIsExact() {
    JsonObject token = rotate("{\"expiresInDays\":5}").getJsonObject("token");
    assertEquals(
        Instant.parse(token.getString("secretCreatedAt")).plus(Duration.ofDays(5)),
        Instant.parse(token.getString("expiresAt")));
  }

  @Test
  void whoamiAndTheHeadersTellThatThePreviousSecretWasPresented() {
    JsonObject token = rotate("{\"gracePeriodSeconds\":600}").getJsonObject("token");
    String end = token.getJsonObject("previousSecret").getString("expiresAt");
    ApiFixture.Answer answer = api.with(raw).get(ApiFixture.WHOAMI).expect(200);
    JsonObject me = answer.json();
    assertEquals(JsonValue.TRUE, me.get("previousSecret"));
    assertEquals(end, me.getString("expiresAt"));
    assertEquals(end, answer.header("X-Access-Token-Expires"));
    String deprecation = "@" + Instant.parse(token.getString("secretCreatedAt")).getEpochSecond();
    String sunset = HTTP_DATE.format(Instant.parse(end));
    for (ApiFixture.Answer each :
        List.of(
            answer,
            api.with(raw).get(ApiFixture.VERIFY).expect(204),
            api.with(raw).get(ApiFixture.SERVICE).expect(403))) {
      assertEquals(deprecation, each.header("Deprecation"));
      assertEquals(sunset, each.header("Sunset"));
    }
    assertEquals(
        end, api.with(raw).get(ApiFixture.VERIFY).expect(204).header("X-Access-Token-Expires"));
  }

  @Test
  void currentSecretHasNoSuchHeaders() {
    String fresh = rotate("{}").getString("rawToken");
    ApiFixture.Answer answer = api.with(fresh).get(ApiFixture.WHOAMI).expect(200);
    assertFalse(answer.json().containsKey("previousSecret"), answer::text);
    assertEquals(answer.json().getString("expiresAt"), answer.header("X-Access-Token-Expires"));
    assertNull(answer.header("Deprecation"));
    assertNull(answer.header("Sunset"));
    ApiFixture.Answer person = api.as("alice").get(ApiFixture.WHOAMI).expect(200);
    assertNull(person.header("X-Access-Token-Expires"));
    assertFalse(person.json().containsKey("previousSecret"), person::text);
  }

  @Test
  void introspectionMarksThePreviousSecret() {
    JsonObject rotated = rotate("{\"gracePeriodSeconds\":600}");
    JsonObject previous = introspected(raw);
    assertEquals(JsonValue.TRUE, previous.get("previous_secret"));
    String end = rotated.getJsonObject("previousSecret").getString("expiresAt");
    assertEquals(end, previous.getString("expires_at"));
    assertEquals(Instant.parse(end).getEpochSecond(), previous.getInt("exp"));
    JsonObject current = introspected(rotated.getString("rawToken"));
    assertFalse(current.containsKey("previous_secret"), current::toString);
    assertEquals(current.get("jti"), previous.get("jti"));
    api.as("alice").send("DELETE", path + "/previous-secret", null).expect(204);
    assertEquals(Set.of("active"), introspected(raw).keySet());
  }

  private JsonObject introspected(String token) {
    return api.as("alice").form(ApiFixture.INTROSPECT, "token=" + token).expect(200).json();
  }

  @Test
  void previousSecretIsEndedOnce() {
    rotate("{}");
    api.with(raw).get(ApiFixture.WHOAMI).expect(200);
    assertEquals(
        "", api.as("alice").send("DELETE", path + "/previous-secret", null).expect(204).text());
    api.with(raw).get(ApiFixture.WHOAMI).expect(401);
    assertEquals(
        "urn:problem-type:access-tokens:no-previous-secret",
        api.as("alice")
            .delete(path + "/previous-secret", "{\"reason\":\"leaked\"}")
            .expect(404)
            .json()
            .getString("type"));
    assertEquals(List.of("previous-secret-ended", "rotated", "created"), events());
  }

  @Test
  void bearerOfThePreviousSecretEndsOnlyThatSecret() {
    String fresh = rotate("{}").getString("rawToken");
    for (int i = 0; i < 2; i++) {
      assertEquals("", api.anonymous().form(ApiFixture.REVOKE, "token=" + raw).expect(200).text());
      api.with(raw).get(ApiFixture.WHOAMI).expect(401);
      api.with(fresh).get(ApiFixture.WHOAMI).expect(200);
      assertEquals(List.of("previous-secret-ended", "rotated", "created"), events());
    }
    api.anonymous().form(ApiFixture.REVOKE, "token=" + fresh).expect(200);
    api.with(fresh).get(ApiFixture.WHOAMI).expect(401);
    assertEquals("revoked", events().get(0));
  }

  @Test
  void repeatWithTheSameKeyReplacesTheLostSecret() {
    JsonObject lost = keyed("key-1", "{}").expect(200).json();
    JsonObject again = keyed("key-1", "{}").expect(200).json();
    api.with(lost.getString("rawToken")).get(ApiFixture.WHOAMI).expect(401);
    api.with(again.getString("rawToken")).get(ApiFixture.WHOAMI).expect(200);
    assertEquals(lost.get("previousSecret"), again.get("previousSecret"));
    assertEquals(
        List.of("Idempotency-Key"),
        keyed("key-1", "{\"gracePeriodSeconds\":1}").expect(422).fields());
    assertEquals(
        List.of("gracePeriodSeconds"),
        keyed("key-1", "{\"gracePeriodSeconds\":\"1\"}").expect(422).fields());
    rotate("{}");
    assertEquals(
        "urn:problem-type:access-tokens:rotation-conflict",
        keyed("key-1", "{}").expect(409).json().getString("type"));
  }

  private ApiFixture.Answer keyed(String key, String body) {
    return api.as("alice").header("Idempotency-Key", key).post(path + "/rotate", body);
  }

  @Test
  void malformedKeysAreRejected() {
    for (String key : List.of("", "a b", "schlüssel", "x".repeat(256))) {
      assertEquals(List.of("Idempotency-Key"), keyed(key, "{}").expect(422).fields(), key);
    }
    assertEquals(
        List.of("Idempotency-Key"),
        api.as("alice")
            .header("Idempotency-Key", "a", "a")
            .post(path + "/rotate", "{}")
            .expect(422)
            .fields());
    keyed("x".repeat(255), "{}").expect(200);
    assertEquals(List.of("rotated", "created"), events());
  }

  @ParameterizedTest(name = "[{index}] {0}: {1}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "gracePeriodSeconds;-1",
        "gracePeriodSeconds;2592001",
        "gracePeriodSeconds;1.5",
        "gracePeriodSeconds;\"60\"",
        "gracePeriodSeconds;true",
        "gracePeriodSeconds;[60]",
        "gracePeriodSeconds;1e30",
        "expiresInDays;0",
        "expiresInDays;366",
        "expiresInDays;\"1\"",
        "expiresAt;\"2020-01-01T00:00:00Z\"",
        "expiresAt;\"9999-01-01T00:00:00Z\"",
        "expiresAt;\"2030-01-01T00:00:00\"",
        "expiresAt;1",
        "endGraceOnFirstUse;1",
        "endGraceOnFirstUse;\"true\"",
        "endGraceOnFirstUse;{}",
      })
  void wrongFieldIsRejected(String field, String value) {
    assertEquals(
        List.of(field),
        api.as("alice")
            .post(path + "/rotate", "{\"" + field + "\":" + value + "}")
            .expect(422)
            .fields());
    assertEquals(List.of("created"), events());
  }

  @Test
  void malformedBodyIsRejected() {
    for (String body : List.of("{", "[]", "null", "\"x\"", "{}{}", "{\"x\":1,\"x\":1}")) {
      api.as("alice").post(path + "/rotate", body).expect(400);
    }
  }

  @Test
  void callerNeedsThePermissions() {
    for (String person : List.of("bob", "dave")) {
      api.as(person).post(path + "/rotate", "{}").expect(403);
      api.as(person).delete(path + "/previous-secret", "{}").expect(403);
    }
    api.anonymous().post(path + "/rotate", "{}").expect(401);
    api.as("carol").post(path + "/rotate", "{}").expect(200);
    api.as("carol").delete(path + "/previous-secret", "{}").expect(204);
    api.as("alice").get(path + "/rotate").expect(405);
    api.as("alice").get(path + "/previous-secret").expect(405);
    api.as("alice").header("Content-Type", "text/plain").post(path + "/rotate", "{}").expect(415);
    String none = ApiFixture.SERVICE + "/" + NO_ID;
    api.as("alice").post(none + "/rotate", "{}").expect(404);
    api.as("alice").delete(none + "/previous-secret", "{}").expect(404);
    api.as("alice").post(ApiFixture.SERVICE + "/x/rotate", "{}").expect(404);
  }

  /** A missing permission is reported before an invalid body. */
  @Test
  void permissionIsCheckedBeforeTheBody() {
    String own = ApiFixture.PERSONAL + "/" + NO_ID;
    String personal = api.mint("dave", "[]").getString("rawToken");
    for (String body : List.of("[", "[]", " ".repeat(102_401))) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      for (ApiFixture.Call caller : List.of(api.as("dave"), api.with(raw), api.with(personal))) {
        caller.header("Content-Type", "text/plain");
        caller.send("POST", path + "/rotate", bytes).expect(403);
        caller.send("DELETE", path + "/previous-secret", bytes).expect(403);
        caller.send("PATCH", path, bytes).expect(403);
      }
      for (ApiFixture.Call caller : List.of(api.with(raw), api.with(personal))) {
        caller.header("Content-Type", "text/plain");
        caller.send("POST", own + "/rotate", bytes).expect(403);
        caller.send("DELETE", own + "/previous-secret", bytes).expect(403);
      }
      for (ApiFixture.Call caller : List.of(api.as("alice"), api.with(personal))) {
        caller.header("Content-Type", "text/plain");
        caller.send("POST", ApiFixture.ROTATE, bytes).expect(403);
      }
    }
    assertEquals(List.of("created"), events());
  }

  @Test
  void tokenRotatesItself() {
    JsonObject rotated =
        api.with(raw)
            .header("Idempotency-Key", "k")
            .post(ApiFixture.ROTATE, "{}")
            .expect(200)
            .json();
    String fresh = rotated.getString("rawToken");
    assertTrue(rotated.getJsonObject("token").isNull("lastUsedAt"), rotated::toString);
    ApiFixture.Answer denied = api.with(raw).post(ApiFixture.ROTATE, "{}").expect(403);
    assertNull(denied.header("WWW-Authenticate"), "no scope would be enough");
    assertEquals(
        "service-token:group:default/platform:deploy self-rotation self-rotation",
        api.denied.get(api.denied.size() - 1));
    JsonObject again =
        api.with(raw)
            .header("Idempotency-Key", "k")
            .post(ApiFixture.ROTATE, "{}")
            .expect(200)
            .json();
    api.with(fresh).get(ApiFixture.WHOAMI).expect(401);
    api.with(again.getString("rawToken")).get(ApiFixture.WHOAMI).expect(200);
    assertEquals(List.of("rotated", "rotated", "created"), events());
    api.as("alice").post(ApiFixture.ROTATE, "{}").expect(403);
    api.anonymous().post(ApiFixture.ROTATE, "{}").expect(401);
    String personal = api.mint("dave", "[]").getString("rawToken");
    api.with(personal).post(ApiFixture.ROTATE, "{}").expect(403);
  }

  @Test
  void personalTokenIsRotatedByItsUserInPerson() {
    JsonObject minted = api.mint("dave", "[]");
    String own = ApiFixture.PERSONAL + "/" + minted.getJsonObject("token").getString("id");
    JsonObject rotated = api.as("dave").post(own + "/rotate", "{}").expect(200).json();
    String fresh = rotated.getString("rawToken");
    assertTrue(fresh.startsWith("bpat_"), fresh);
    assertEquals(fresh.substring(0, 12), rotated.getJsonObject("token").getString("prefix"));
    assertEquals(
        JsonValue.TRUE,
        api.with(minted.getString("rawToken")).get(ApiFixture.WHOAMI).json().get("previousSecret"));
    api.as("alice").post(own + "/rotate", "{}").expect(404);
    api.with(fresh).post(own + "/rotate", "{}").expect(403);
    api.as("dave").delete(own + "/previous-secret", "{}").expect(204);
    api.with(minted.getString("rawToken")).get(ApiFixture.WHOAMI).expect(401);
    api.as("dave").delete(own + "/previous-secret", "{}").expect(404);
    api.limited = "dave";
    api.as("dave").post(own + "/rotate", "{}").expect(429);
  }
}
