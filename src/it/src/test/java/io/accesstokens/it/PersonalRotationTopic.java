package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the rotation of personal tokens. {@link RotationTopic} tests the common rules. */
abstract class PersonalRotationTopic extends SecretChangeTopic {

  private final PersonalTokens own = new PersonalTokens(dave);

  private ApiResult tryRotate(Api caller, String id, String json) {
    return caller.post(PersonalTokens.path(id) + "/rotate", json);
  }

  private TestToken rotate(String id, String json) {
    return TestToken.ofRotation(tryRotate(dave, id, json), alice.exchanges());
  }

  private ApiResult tryEnd(Api caller, String id) {
    return caller.call("DELETE", PersonalTokens.path(id) + "/previous-secret").send();
  }

  @Test
  void userRotatesATokenInPerson() {
    TestToken made = own.create();
    TestToken rotated = rotate(made.id(), grace(600));
    assertEquals(made.id(), rotated.id());
    assertTrue(
        rotated.rawToken().startsWith(rotated.token().getString("prefix")),
        "the prefix is that of the new secret");
    assertEquals(rotated.token(), own.get(made.id()));
    JsonObject previous = rotated.token().getJsonObject("previousSecret");
    assertEquals(made.token().get("prefix"), previous.get("tokenPrefix"));
    assertEquals(made.token().get("lifetimeSeconds"), rotated.token().get("lifetimeSeconds"));
    ApiResult answer = whoami(made.rawToken());
    assertEquals(JsonValue.TRUE, answer.ok().get("previousSecret"));
    assertEquals(previous.getString("expiresAt"), answer.headerLine("X-Access-Token-Expires"));
    assertTrue(answer.header("Sunset").isPresent(), answer::toString);
    JsonObject current = whoami(rotated.rawToken()).ok();
    assertFalse(current.containsKey("previousSecret"), current::toString);
    String expected = "{\"expectedTokenPrefix\":\"" + rotated.rawToken().substring(0, 12) + "\"}";
    dave.delete(PersonalTokens.path(made.id()) + "/previous-secret", expected).problem(409);
    tryRotate(dave, made.id(), expected.replace(rotated.rawToken().substring(0, 12), "bpat_others"))
        .problem(409);
    whoami(made.rawToken()).ok();
    tryEnd(dave, made.id()).expect(204);
    whoami(made.rawToken()).problem(401);
    whoami(rotated.rawToken()).ok();
    tryEnd(dave, made.id()).problem(404);
    assertEquals(
        List.of("previous-secret-ended", "rotated", "minted"),
        own.events(made.id()).stream().filter(event -> !event.startsWith("ended")).toList());
  }

  @Test
  void graceOfZeroAndRevocationEndSecretsAtOnce() {
    TestToken made = own.create();
    TestToken second = rotate(made.id(), grace(0));
    whoami(made.rawToken()).problem(401);
    TestToken third = rotate(made.id(), "{}");
    whoami(second.rawToken()).ok();
    own.revoke(made.id());
    whoami(second.rawToken()).problem(401);
    whoami(third.rawToken()).problem(401);
    tryRotate(dave, made.id(), "{}").problem(409);
  }

  @Test
  void firstUseOfTheNewSecretEndsTheGrace() {
    TestToken made = own.create();
    TestToken rotated = rotate(made.id(), "{\"endGraceOnFirstUse\":true}");
    whoami(made.rawToken()).ok();
    whoami(rotated.rawToken()).ok();
    await().until(() -> whoami(made.rawToken()).status() == 401);
    await().until(() -> own.events(made.id()).contains("ended-secret-used"));
  }

  @Test
  void lostResponseIsRepeated() {
    TestToken made = own.create();
    String key = TokenRequest.newName();
    TestToken lost = keyed(made.id(), key);
    TestToken again = keyed(made.id(), key);
    whoami(lost.rawToken()).problem(401);
    whoami(again.rawToken()).ok();
    whoami(made.rawToken()).ok();
  }

  private TestToken keyed(String id, String key) {
    return TestToken.ofRotation(
        dave.call("POST", PersonalTokens.path(id) + "/rotate")
            .header("Idempotency-Key", key)
            .send(),
        alice.exchanges());
  }

  @Test
  void tokensAndOtherUsersCannotRotate() {
    TestToken made = own.create();
    rotate(made.id(), "{}");
    Api bearer = anonymous.bearer(made.rawToken());
    for (Api other : List.of(alice, bob, carol)) {
      tryRotate(other, made.id(), "{}").problem(404);
      tryEnd(other, made.id()).problem(404);
    }
    tryRotate(bearer, made.id(), "{}").problem(403);
    tryEnd(bearer, made.id()).problem(403);
    tryRotate(anonymous, made.id(), "{}").problem(401);
    tryRotate(dave, NO_ID, "{}").problem(404);
    tryRotate(dave, made.id(), "{\"gracePeriodSeconds\":-1}").violates("gracePeriodSeconds");
    tryRotate(dave, made.id(), "{\"expiresInDays\":366}").violates("expiresInDays");
  }

  @Test
  void bearerOfThePreviousSecretEndsOnlyThatSecret() {
    TestToken made = own.create();
    TestToken rotated = rotate(made.id(), "{}");
    for (int i = 0; i < 2; i++) {
      anonymous.form(OAuthTopic.REVOKE, "token=" + made.rawToken()).expect(200);
      whoami(made.rawToken()).problem(401);
      whoami(rotated.rawToken()).ok();
    }
    anonymous.form(OAuthTopic.REVOKE, "token=" + rotated.rawToken()).expect(200);
    whoami(rotated.rawToken()).problem(401);
  }
}
