package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.path;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.TestToken;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the grace period of a rotation: its length, and each way in which it ends. */
abstract class GracePeriodTopic extends SecretChangeTopic {

  private static final long MAX_GRACE = 2_592_000;

  @Test
  void graceOfZeroEndsTheFormerSecretWithTheResponse() {
    TestToken token = tokens.create();
    for (int i = 0; i < 10; i++) {
      whoami(token.rawToken()).ok();
      ApiResult answer = tokens.tryRotate(token.id(), grace(0));
      whoami(token.rawToken()).problem(401);
      token = TestToken.ofRotation(answer, alice.exchanges());
      assertEquals(JsonValue.NULL, answer.json().get("previousSecret"));
      assertEquals(JsonValue.NULL, token.token().get("previousSecret"));
    }
    whoami(token.rawToken()).ok();
    tokens.tryEndPrevious(token.id()).problem(404);
  }

  @Test
  void requestWithAnotherSecretThanThePreviousOneEndsNothing() {
    TestToken made = tokens.create();
    TestToken second = tokens.rotate(made.id(), grace(3600));
    TestToken third = tokens.rotate(made.id(), grace(3600));
    tokens.tryEndPrevious(made.id(), expecting(made)).problem(409);
    tokens.tryEndPrevious(made.id(), "{\"expectedTokenPrefix\":1}").violates("expectedTokenPrefix");
    whoami(second.rawToken()).ok();
    tokens.tryEndPrevious(made.id(), expecting(second)).expect(204);
    whoami(second.rawToken()).problem(401);
    whoami(third.rawToken()).ok();
    tokens.tryEndPrevious(made.id(), expecting(made)).problem(404);
  }

  @Test
  void rotationWithAnotherSecretThanTheCurrentOneChangesNothing() {
    TestToken made = tokens.create();
    TestToken second = tokens.rotate(made.id(), expecting(made));
    tokens.tryRotate(made.id(), expecting(made)).problem(409);
    tokens.tryRotate(made.id(), "{\"expectedTokenPrefix\":[]}").violates("expectedTokenPrefix");
    whoami(made.rawToken()).ok();
    tokens.rotate(made.id(), expecting(second));
    whoami(second.rawToken()).ok();
  }

  private static String expecting(TestToken token) {
    return "{\"expectedTokenPrefix\":\"" + token.token().getString("tokenPrefix") + "\"}";
  }

  @Test
  void graceIsAcceptedOnlyWithinItsBounds() {
    TestToken made = tokens.create();
    JsonObject rotated = tokens.rotate(made.id(), grace(MAX_GRACE)).token();
    assertEquals(
        instant(rotated, "secretCreatedAt").plusSeconds(MAX_GRACE),
        instant(rotated.getJsonObject("previousSecret"), "expiresAt"));
    tokens.tryRotate(made.id(), grace(MAX_GRACE + 1)).violates("gracePeriodSeconds");
    tokens.tryRotate(made.id(), grace(-1)).violates("gracePeriodSeconds");
    JsonObject shortest = tokens.rotate(made.id(), grace(1)).token();
    JsonObject event =
        changes(made.id()).stream()
            .filter(change -> change.getString("event").equals("rotated"))
            .findFirst()
            .orElseThrow();
    assertEquals(
        instant(shortest, "secretCreatedAt").plusSeconds(1),
        instant(event.getJsonObject("metadata"), "previousSecretExpiresAt"));
  }

  @Test
  void graceEndsAtTheLatestWithTheFormerExpiryAndWithTheToken() {
    Instant end = Instant.now().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.MILLIS);
    TestToken made = tokens.create(good().withText("expiresAt", end.toString()));
    TestToken prolonged =
        tokens.rotate(made.id(), "{\"expiresInDays\":30,\"gracePeriodSeconds\":86400}");
    assertEquals(end, instant(previous(prolonged), "expiresAt"));
    Instant earlier = Instant.now().plus(Duration.ofMinutes(30)).truncatedTo(ChronoUnit.MILLIS);
    TestToken shortened =
        tokens.rotate(
            made.id(), "{\"expiresAt\":\"" + earlier + "\",\"gracePeriodSeconds\":86400}");
    assertEquals(earlier, instant(previous(shortened), "expiresAt"));
    Instant patched = earlier.minusSeconds(60);
    JsonObject token = tokens.update(made.id(), "{\"expiresAt\":\"" + patched + "\"}");
    assertEquals(patched, instant(token.getJsonObject("previousSecret"), "expiresAt"));
    assertEquals(
        patched, instant(whoami(prolonged.rawToken()).ok(), "expiresAt"), "the previous secret");
  }

  @Test
  void graceEndsByTime() {
    TestToken made = tokens.create();
    TestToken rotated = tokens.rotate(made.id(), grace(3));
    await().until(() -> whoami(made.rawToken()).status() == 401);
    assertTrue(
        Instant.now().isAfter(instant(rotated.token(), "secretCreatedAt").plusSeconds(2)),
        "the secret was valid during the grace period");
    assertEquals(JsonValue.NULL, tokens.get(made.id()).get("previousSecret"));
    whoami(rotated.rawToken()).ok();
    tokens.tryEndPrevious(made.id()).problem(404);
  }

  @Test
  void firstUseOfTheNewSecretEndsTheGrace() {
    TestToken made = tokens.create();
    TestToken rotated = tokens.rotate(made.id(), "{\"endGraceOnFirstUse\":true}");
    for (int i = 0; i < 3; i++) {
      whoami(made.rawToken()).ok();
    }
    assertFalse(tokens.get(made.id()).isNull("previousSecret"), "only the new secret ends it");
    whoami(rotated.rawToken()).ok();
    await().until(() -> whoami(made.rawToken()).status() == 401);
    // The last request with the previous secret can be reported before or after its end is read.
    await().until(() -> events(made.id()).contains("previous-secret-ended"));
    JsonObject ended =
        tokens.events(made.id()).stream()
            .filter(event -> event.getString("event").equals("previous-secret-ended"))
            .findFirst()
            .orElseThrow();
    assertEquals("first-use", ended.getJsonObject("metadata").getString("by"));
    assertEquals(
        made.token().get("tokenPrefix"),
        ended.getJsonObject("metadata").get("previousTokenPrefix"));
    assertEquals(JsonValue.NULL, tokens.get(made.id()).get("previousSecret"));
    whoami(rotated.rawToken()).ok();
  }

  @Test
  void introspectionOfTheNewSecretIsAUse() {
    TestToken made = tokens.create();
    TestToken rotated = tokens.rotate(made.id(), "{\"endGraceOnFirstUse\":true}");
    introspected(made.rawToken());
    assertTrue(introspected(rotated.rawToken()).getBoolean("active"), "the new secret is valid");
    await().until(() -> whoami(made.rawToken()).status() == 401);
  }

  /**
   * Returns the audit events of a token without the uses of its ended secrets, which are recorded a
   * few seconds after the use.
   */
  private List<JsonObject> changes(String id) {
    return tokens.events(id).stream()
        .filter(event -> !event.getString("event").equals("ended-secret-used"))
        .toList();
  }

  @Test
  void atMostTwoSecretsAreValid() {
    TestToken first = tokens.create();
    TestToken second = tokens.rotate(first.id(), "{}");
    for (int i = 0; i < 5; i++) {
      TestToken third = tokens.rotate(first.id(), "{}");
      whoami(first.rawToken()).problem(401);
      whoami(second.rawToken()).ok();
      whoami(third.rawToken()).ok();
      JsonObject ended = changes(first.id()).get(1);
      assertEquals("previous-secret-ended", ended.getString("event"));
      JsonObject metadata = ended.getJsonObject("metadata");
      assertEquals("rotation", metadata.getString("by"));
      assertEquals(first.token().get("tokenPrefix"), metadata.get("previousTokenPrefix"));
      first = second;
      second = third;
    }
  }

  @Test
  void previousSecretIsEndedOnRequest() {
    TestToken made = tokens.create();
    tokens.tryEndPrevious(made.id()).problem(404);
    TestToken rotated = tokens.rotate(made.id(), "{}");
    String target = path(made.id()) + "/previous-secret";
    alice.delete(target, "{\"reason\":7}").violates("reason");
    alice.delete(target, "{\"reason\":\" \"}").violates("reason");
    whoami(made.rawToken()).ok();
    assertEquals(0, alice.delete(target, "{\"reason\":\" leaked \"}").expect(204).length());
    whoami(made.rawToken()).problem(401);
    whoami(rotated.rawToken()).ok();
    JsonObject ended = changes(made.id()).get(0);
    assertEquals("previous-secret-ended", ended.getString("event"));
    assertEquals("user:default/alice", ended.getString("actor"));
    assertEquals("request", ended.getJsonObject("metadata").getString("by"));
    assertEquals("leaked", ended.getJsonObject("metadata").getString("reason"));
    tokens.tryEndPrevious(made.id()).problem(404);
    tokens.tryEndPrevious(NO_ID).problem(404);
  }

  @Test
  void bearerRevokesWhatItPresents() {
    TestToken made = tokens.create();
    TestToken rotated = tokens.rotate(made.id(), "{}");
    for (int i = 0; i < 2; i++) {
      anonymous.form(OAuthTopic.REVOKE, "token=" + made.rawToken()).expect(200);
      whoami(made.rawToken()).problem(401);
      whoami(rotated.rawToken()).ok();
    }
    assertEquals(
        1,
        events(made.id()).stream().filter(event -> event.equals("previous-secret-ended")).count());
    TestToken third = tokens.rotate(made.id(), "{}");
    anonymous.form(OAuthTopic.REVOKE, "token=" + third.rawToken()).expect(200);
    for (TestToken each : List.of(made, rotated, third)) {
      whoami(each.rawToken()).problem(401);
    }
    assertEquals("revoked", tokens.get(made.id()).getString("status"));
  }

  @Test
  void revocationEndsBothSecrets() {
    for (int i = 0; i < 5; i++) {
      TestToken made = tokens.create();
      TestToken rotated = tokens.rotate(made.id(), "{}");
      whoami(made.rawToken()).ok();
      whoami(rotated.rawToken()).ok();
      tokens.revoke(made.id());
      whoami(made.rawToken()).problem(401);
      whoami(rotated.rawToken()).problem(401);
      assertEquals(JsonValue.NULL, tokens.get(made.id()).get("previousSecret"));
      tokens.tryRotate(made.id(), "{}").problem(409);
      tokens.tryEndPrevious(made.id()).problem(404);
    }
  }

  @Test
  void changesOfATokenApplyToBothSecrets() {
    TestToken made = tokens.create(good().scopes("catalog:read", "techdocs:read"));
    TestToken rotated = tokens.rotate(made.id(), "{}");
    List<String> secrets = List.of(made.rawToken(), rotated.rawToken());
    String verify = VerifyTopic.VERIFY + "?scope=techdocs:read";
    secrets.forEach(raw -> anonymous.bearer(raw).get(verify).expect(204));
    tokens.update(made.id(), "{\"scopes\":[\"catalog:read\"]}");
    secrets.forEach(raw -> anonymous.bearer(raw).get(verify).problem(403));
    tokens.update(made.id(), "{\"allowedAddresses\":[\"192.0.2.1\"]}");
    secrets.forEach(raw -> whoami(raw).problem(401));
  }
}
