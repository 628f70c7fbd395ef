package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * Tests service tokens that rotate themselves, with the setting {@code renew}. {@link
 * SelfRotationIT} tests the other settings.
 */
abstract class SelfRotationTopic extends SecretChangeTopic {

  static final String ROTATE = "/api/access-tokens/rotate";

  private ApiResult tryRotate(String raw, String json) {
    return anonymous.bearer(raw).post(ROTATE, json);
  }

  private TestToken rotate(String raw, String json) {
    return TestToken.ofRotation(tryRotate(raw, json), alice.exchanges());
  }

  private ApiResult tryRotate(String raw, String json, String key) {
    return anonymous
        .bearer(raw)
        .call("POST", ROTATE)
        .header("Idempotency-Key", key)
        .json(json)
        .send();
  }

  private TestToken rotate(String raw, String json, String key) {
    return TestToken.ofRotation(tryRotate(raw, json, key), alice.exchanges());
  }

  @Test
  void tokenGetsItsLifetimeAnew() {
    TestToken made = tokens.create(good().with("expiresInDays", "10"));
    TestToken rotated =
        TestToken.ofRotation(
            anonymous.bearer(made.rawToken()).call("POST", ROTATE).send(), alice.exchanges());
    assertEquals(made.id(), rotated.id());
    JsonObject token = rotated.token();
    assertEquals(
        Instant.parse(token.getString("secretCreatedAt")).plus(Duration.ofDays(10)),
        Instant.parse(token.getString("expiresAt")));
    whoami(made.rawToken()).ok();
    whoami(rotated.rawToken()).ok();
    JsonObject event = tokens.events(made.id()).get(0);
    assertEquals("rotated", event.getString("event"));
    assertEquals("service-token:group:default/platform:" + made.name(), event.getString("actor"));
  }

  @Test
  void clientCanOnlyShortenTheLifetime() {
    TestToken made = tokens.create(good().with("expiresInDays", "10"));
    tryRotate(made.rawToken(), "{\"expiresInDays\":11}").violates("expiresInDays");
    TestToken shorter = rotate(made.rawToken(), "{\"expiresInDays\":3}");
    assertEquals(
        Instant.parse(shorter.token().getString("secretCreatedAt")).plus(Duration.ofDays(3)),
        Instant.parse(shorter.token().getString("expiresAt")));
  }

  @Test
  void graceIsAtLeastAMinute() {
    TestToken made = tokens.create();
    for (long seconds : new long[] {0, 59, -1, 2_592_001}) {
      tryRotate(made.rawToken(), grace(seconds)).violates("gracePeriodSeconds");
    }
    tryRotate(made.rawToken(), "{\"endGraceOnFirstUse\":1}").violates("endGraceOnFirstUse");
    tryRotate(made.rawToken(), "[]").problem(400);
    JsonObject rotated = rotate(made.rawToken(), grace(60)).token();
    assertEquals(
        Instant.parse(rotated.getString("secretCreatedAt")).plusSeconds(60),
        Instant.parse(rotated.getJsonObject("previousSecret").getString("expiresAt")));
  }

  /** The limit is 10 a minute, and each token has its own. */
  @Test
  void frequentSelfRotationIsLimited() {
    TestToken made = tokens.create();
    TestToken other = tokens.create();
    AtomicReference<String> raw = new AtomicReference<>(made.rawToken());
    ApiResult answer =
        new Permits(10)
            .exhaust(
                200,
                () -> {
                  ApiResult rotated = tryRotate(Objects.requireNonNull(raw.get()), "{}");
                  if (rotated.status() == 200) {
                    raw.set(TestToken.ofRotation(rotated, alice.exchanges()).rawToken());
                  }
                  return rotated;
                });
    int wait = Integer.parseInt(answer.headerLine("Retry-After"));
    assertTrue(wait >= 1 && wait <= 60, answer::toString);
    whoami(Objects.requireNonNull(raw.get())).ok();
    rotate(other.rawToken(), "{}");
    tokens.rotate(made.id(), "{}");
  }

  @Test
  void previousSecretCanOnlyRepeat() {
    TestToken made = tokens.create();
    String key = TokenRequest.newName();
    TestToken lost = rotate(made.rawToken(), "{}", key);
    tryRotate(made.rawToken(), "{}").problem(403);
    tryRotate(made.rawToken(), "{}", TokenRequest.newName()).problem(403);
    tryRotate(made.rawToken(), grace(60), key).violates("Idempotency-Key");
    TestToken again = rotate(made.rawToken(), "{}", key);
    whoami(lost.rawToken()).problem(401);
    whoami(again.rawToken()).ok();
    tryRotate(again.rawToken(), "{}", key).problem(409);
    TestToken further = rotate(again.rawToken(), "{}");
    tryRotate(made.rawToken(), "{}", key).problem(401);
    whoami(further.rawToken()).ok();
  }

  @Test
  void onlyServiceTokensRotateThemselves() {
    anonymous.post(ROTATE, "{}").problem(401);
    anonymous.bearer("bsat_x").post(ROTATE, "{}").problem(401);
    alice.post(ROTATE, "{}").problem(403);
    String personal = new PersonalTokens(dave).create().rawToken();
    anonymous.bearer(personal).post(ROTATE, "{}").problem(403);
    TestToken revoked = tokens.create();
    tokens.revoke(revoked.id());
    tryRotate(revoked.rawToken(), "{}").problem(401);
    alice.get(ROTATE).problem(405);
    for (String method : List.of("GET", "DELETE", "PUT")) {
      assertEquals("POST", allowed(method).replace(",OPTIONS", "").replace("OPTIONS,", ""));
    }
  }

  private String allowed(String method) {
    return alice.call(method, ROTATE).send().problem(405).headerLine("Allow").replace(" ", "");
  }
}
