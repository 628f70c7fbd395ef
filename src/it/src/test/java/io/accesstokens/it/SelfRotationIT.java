package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Tests the settings {@code off} and {@code keepExpiry} of self-rotation. {@link SelfRotationTopic}
 * tests the setting {@code renew}.
 */
class SelfRotationIT {

  /** A body that is too long. */
  private static final String LONG = " ".repeat(102_401);

  private static RunningApplication start(String self) throws Exception {
    return RunningApplication.start(
        WarProcess.inNewFolder()
            .with("--in-memory")
            .withEnvironment("ACCESSTOKENS_SERVICE_ROTATION_SELF", self));
  }

  private static ApiResult rotate(Api anonymous, String raw, String json) {
    return anonymous.bearer(raw).post(SelfRotationTopic.ROTATE, json);
  }

  @Test
  void selfRotationIsOffByDefault() throws Exception {
    for (String setting : new String[] {"", "off"}) {
      try (RunningApplication application = start(setting)) {
        Api anonymous = application.api();
        ServiceTokens tokens = new ServiceTokens(anonymous.as("alice"));
        TestToken made = tokens.create();
        for (String body : new String[] {"{}", "{\"gracePeriodSeconds\":0}", "[", LONG}) {
          ApiResult denied = rotate(anonymous, made.rawToken(), body);
          denied.problem(403);
          String message = denied.json().getString("error");
          assertTrue(message.contains("accessTokens.service.rotation.self"), message);
          assertEquals(List.of(), denied.headers("WWW-Authenticate"));
        }
        tokens.rotate(made.id(), "{}");
        rotate(anonymous, made.rawToken(), "{}").problem(403);
      }
    }
  }

  @Test
  void expiryIsKept() throws Exception {
    try (RunningApplication application = start("keepExpiry")) {
      Api anonymous = application.api();
      ServiceTokens tokens = new ServiceTokens(anonymous.as("alice"));
      TestToken made = tokens.create(good().with("expiresInDays", "10"));
      String key = TokenRequest.newName();
      Api bearer = anonymous.bearer(made.rawToken());
      TestToken lost = keyed(bearer, key);
      assertEquals(made.token().get("expiresAt"), lost.token().get("expiresAt"));
      TestToken rotated = keyed(bearer, key);
      assertEquals(made.token().get("expiresAt"), rotated.token().get("expiresAt"));
      assertEquals(Duration.ofDays(10).toSeconds(), rotated.token().getInt("lifetimeSeconds"));
      rotate(anonymous, rotated.rawToken(), "{\"expiresInDays\":10}").violates("expiresInDays");
      Instant earlier = Instant.now().plus(Duration.ofDays(1)).truncatedTo(ChronoUnit.MILLIS);
      TestToken shorter =
          TestToken.ofRotation(
              rotate(anonymous, rotated.rawToken(), "{\"expiresAt\":\"" + earlier + "\"}"),
              anonymous.exchanges());
      assertEquals(earlier, Instant.parse(shorter.token().getString("expiresAt")));
    }
  }

  private static TestToken keyed(Api bearer, String key) {
    return TestToken.ofRotation(
        bearer.call("POST", SelfRotationTopic.ROTATE).header("Idempotency-Key", key).send(),
        bearer.exchanges());
  }
}
