package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.path;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.Parallel;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.server.RunningApplication;
import jakarta.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the repetition of a rotation whose response was lost, with an idempotency key. */
abstract class RepeatedRotationTopic extends SecretChangeTopic {

  private static final int MANY = 8;

  RepeatedRotationTopic(RunningApplication application) {
    super(application);
  }

  private static String newKey() {
    return "key-" + TokenRequest.newName();
  }

  private TestToken rotate(String id, String json, String key) {
    return TestToken.ofRotation(tokens.tryRotate(id, json, key), alice.exchanges());
  }

  private List<JsonObject> rotations(String id) {
    return tokens.events(id).stream()
        .filter(event -> event.getString("event").equals("rotated"))
        .toList();
  }

  @Test
  void repeatReplacesOnlyTheLostSecret() {
    TestToken made = tokens.create();
    String key = newKey();
    String body = "{\"gracePeriodSeconds\":600,\"expiresInDays\":9}";
    TestToken lost = rotate(made.id(), body, key);
    TestToken again = rotate(made.id(), body, key);
    TestToken third = rotate(made.id(), body, key);
    for (TestToken replaced : List.of(lost, again)) {
      whoami(replaced.rawToken()).problem(401);
    }
    whoami(made.rawToken()).ok();
    whoami(third.rawToken()).ok();
    for (String member : List.of("expiresAt", "previousSecret", "scopes", "name")) {
      assertEquals(lost.token().get(member), third.token().get(member), member);
    }
    List<JsonObject> rotations = rotations(made.id());
    assertEquals(3, rotations.size(), rotations::toString);
    for (JsonObject retry : rotations.subList(0, 2)) {
      assertEquals("true", retry.getJsonObject("metadata").getString("retry"));
    }
    assertEquals(
        again.token().getString("tokenPrefix"),
        rotations.get(0).getJsonObject("metadata").getString("replacedTokenPrefix"));
    assertFalse(
        rotations.get(2).getJsonObject("metadata").containsKey("retry"), rotations::toString);
  }

  @Test
  void usedSecretIsNotReplaced() {
    TestToken made = tokens.create();
    String key = newKey();
    TestToken rotated = rotate(made.id(), "{}", key);
    whoami(rotated.rawToken()).ok();
    await().until(() -> !tokens.get(made.id()).isNull("lastUsedAt"));
    tokens.tryRotate(made.id(), "{}", key).problem(409);
    whoami(rotated.rawToken()).ok();
    whoami(made.rawToken()).ok();
    assertEquals(1, rotations(made.id()).size());
  }

  @Test
  void rotationIsNotRepeatedAfterAFurtherRotation() {
    TestToken made = tokens.create();
    String key = newKey();
    rotate(made.id(), "{}", key);
    TestToken further = rotate(made.id(), "{}", newKey());
    tokens.tryRotate(made.id(), "{}", key).problem(409);
    whoami(further.rawToken()).ok();
  }

  @Test
  void rotationIsNotRepeatedAfterTheGrace() {
    TestToken made = tokens.create();
    String key = newKey();
    TestToken rotated = rotate(made.id(), "{}", key);
    tokens.tryEndPrevious(made.id()).expect(204);
    tokens.tryRotate(made.id(), "{}", key).problem(409);
    whoami(rotated.rawToken()).ok();
    String withoutGrace = newKey();
    TestToken other = rotate(made.id(), grace(0), withoutGrace);
    tokens.tryRotate(made.id(), grace(0), withoutGrace).problem(409);
    whoami(other.rawToken()).ok();
    String shortGrace = newKey();
    rotate(made.id(), grace(1), shortGrace);
    await().until(() -> tokens.tryRotate(made.id(), grace(1), shortGrace).status() == 409);
  }

  @Test
  void keyBelongsToOneBody() {
    TestToken made = tokens.create();
    String key = newKey();
    TestToken rotated = rotate(made.id(), "{\"gracePeriodSeconds\":600}", key);
    for (String other :
        List.of(
            "{}",
            "{\"gracePeriodSeconds\":601}",
            "{\"gracePeriodSeconds\":600,\"endGraceOnFirstUse\":true}",
            "{\"gracePeriodSeconds\":600,\"expiresInDays\":3}")) {
      tokens.tryRotate(made.id(), other, key).violates("Idempotency-Key");
    }
    tokens
        .tryRotate(made.id(), "{\"gracePeriodSeconds\":\"600\"}", key)
        .violates("gracePeriodSeconds");
    whoami(rotated.rawToken()).ok();
    whoami(made.rawToken()).ok();
  }

  @Test
  void keyBelongsToOneTokenAndOneActor() {
    TestToken one = tokens.create();
    TestToken two = tokens.create();
    String key = newKey();
    TestToken first = rotate(one.id(), "{}", key);
    rotate(two.id(), "{\"gracePeriodSeconds\":60}", key);
    whoami(first.rawToken()).ok();
    TestToken byCarol =
        TestToken.ofRotation(
            new ServiceTokens(carol).tryRotate(one.id(), "{}", key), alice.exchanges());
    whoami(one.rawToken()).problem(401);
    whoami(first.rawToken()).ok();
    whoami(byCarol.rawToken()).ok();
    tokens.tryRotate(one.id(), "{}", key).problem(409);
  }

  @Test
  void endedTokenIsAConflict() {
    TestToken made = tokens.create();
    String key = newKey();
    rotate(made.id(), "{}", key);
    tokens.revoke(made.id());
    tokens.tryRotate(made.id(), "{}", key).problem(409);
  }

  @Test
  void parallelRepeatsLeaveOneNewSecret() throws Exception {
    TestToken made = tokens.create();
    String key = newKey();
    List<TestToken> answers = Parallel.run(MANY, i -> rotate(made.id(), "{}", key));
    List<String> valid =
        answers.stream()
            .map(TestToken::rawToken)
            .filter(raw -> whoami(raw).status() == 200)
            .toList();
    assertEquals(1, valid.size(), "valid new secrets");
    whoami(made.rawToken()).ok();
    JsonObject token = tokens.get(made.id());
    assertTrue(valid.get(0).startsWith(token.getString("tokenPrefix")), token::toString);
    assertEquals(
        made.token().get("tokenPrefix"), token.getJsonObject("previousSecret").get("tokenPrefix"));
    assertEquals(MANY, rotations(made.id()).size());
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"a b", "a\tb"})
  void malformedKeyIsRejected(String key) {
    TestToken made = tokens.create();
    alice
        .call("POST", path(made.id()) + "/rotate")
        .header("Idempotency-Key", key)
        .json("{}")
        .send()
        .violates("Idempotency-Key");
    assertEquals(List.of(), rotations(made.id()));
  }

  @Test
  void keyHasItsBounds() {
    TestToken made = tokens.create();
    tokens.tryRotate(made.id(), "{}", "x".repeat(256)).violates("Idempotency-Key");
    tokens.tryRotate(made.id(), "{}", "").violates("Idempotency-Key");
    alice
        .call("POST", path(made.id()) + "/rotate")
        .header("Idempotency-Key", "one")
        .header("Idempotency-Key", "two")
        .json("{}")
        .send()
        .violates("Idempotency-Key");
    assertEquals(List.of(), rotations(made.id()));
    rotate(made.id(), "{}", newKey() + "!\"~".repeat(70));
    rotate(made.id(), "{}", "x".repeat(255));
  }
}
