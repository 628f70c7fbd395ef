package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.TestToken;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests what is recorded and reported about the uses of current, previous and ended secrets. */
abstract class PresentedSecretTopic extends SecretChangeTopic {

  @Test
  void usesOfThePreviousSecretAreShown() {
    TestToken made = tokens.create();
    TestToken rotated = tokens.rotate(made.id(), "{}");
    whoami(rotated.rawToken()).ok();
    for (int i = 0; i < 3; i++) {
      whoami(made.rawToken()).ok();
    }
    await()
        .until(
            () -> tokens.get(made.id()).getJsonObject("previousSecret").getInt("usesToday") == 3);
    JsonObject token = tokens.get(made.id());
    JsonObject previous = token.getJsonObject("previousSecret");
    assertEquals("127.0.0.1", previous.getString("lastUsedAddress"));
    assertEquals(previous.get("lastUsedAt"), token.get("lastUsedAt"));
    await().until(() -> usage(made.id()).getJsonObject("accepted").getInt("count") == 4);
  }

  @Test
  void useOfAnEndedSecretIsReportedOnceAndHarmsNothing() {
    TestToken made = tokens.create();
    tokens.rotate(made.id(), "{}");
    TestToken rotated = tokens.rotate(made.id(), grace(0));
    ApiResult unknown = whoami(rotated.rawToken().replaceFirst("^bsat_", "bsat_x"));
    for (int i = 0; i < 4; i++) {
      ApiResult refused = whoami(made.rawToken()).problem(401);
      assertEquals(unknown.untracedText(), refused.untracedText());
      assertEquals(unknown.headerLine("WWW-Authenticate"), refused.headerLine("WWW-Authenticate"));
    }
    await().until(() -> usage(made.id()).getJsonObject("refused").getInt("endedSecret") == 4);
    assertEquals(4, usage(made.id()).getJsonObject("refused").getInt("count"));
    await().until(() -> events(made.id()).get(0).equals("ended-secret-used"));
    whoami(made.rawToken()).problem(401);
    await().until(() -> usage(made.id()).getJsonObject("refused").getInt("endedSecret") == 5);
    long reports =
        events(made.id()).stream().filter(event -> event.equals("ended-secret-used")).count();
    assertTrue(reports <= 2, "one report, or two around midnight: " + reports);
    JsonObject metadata = tokens.events(made.id()).get(0).getJsonObject("metadata");
    assertEquals(made.token().get("tokenPrefix"), metadata.get("tokenPrefix"));
    assertEquals("127.0.0.1", metadata.getString("address"));
    whoami(rotated.rawToken()).ok();
    for (String event : List.of("rotated", "previous-secret-ended", "ended-secret-used")) {
      String query = "?event=" + event + "&tokenId=" + made.id();
      int total = alice.get(PATH + "/audit" + query).ok().getInt("total");
      assertEquals(
          switch (event) {
            case "rotated" -> 2;
            case "previous-secret-ended" -> 1;
            default -> reports;
          },
          total,
          event);
      String csv = alice.get(PATH + "/audit/export" + query + "&format=csv").expect(200).text();
      assertTrue(csv.contains(event), csv);
    }
  }

  @Test
  void whoamiAndHeadersTellWhichSecretWasPresented() {
    TestToken made = tokens.create();
    TestToken rotated = tokens.rotate(made.id(), grace(600));
    String end = previous(rotated).getString("expiresAt");
    ApiResult answer = whoami(made.rawToken());
    assertEquals(JsonValue.TRUE, answer.ok().get("previousSecret"));
    assertEquals(end, answer.json().getString("expiresAt"));
    ApiResult verified = anonymous.bearer(made.rawToken()).get(VerifyTopic.VERIFY).expect(204);
    for (ApiResult each : List.of(answer, verified)) {
      assertEquals(end, each.headerLine("X-Access-Token-Expires"));
      assertEquals(
          "@" + instant(rotated.token(), "secretCreatedAt").getEpochSecond(),
          each.headerLine("Deprecation"));
      assertTrue(each.headerLine("Sunset").endsWith(" GMT"), each::toString);
    }
    assertEquals(made.id(), verified.headerLine("X-Access-Token-Id"));
    ApiResult denied = anonymous.bearer(made.rawToken()).get(PATH).problem(403);
    assertTrue(denied.header("Sunset").isPresent(), denied::toString);
    ApiResult current = whoami(rotated.rawToken());
    assertFalse(current.ok().containsKey("previousSecret"), current::toString);
    assertEquals(
        rotated.token().getString("expiresAt"), current.headerLine("X-Access-Token-Expires"));
    assertFalse(current.header("Deprecation").isPresent(), current::toString);
    assertFalse(current.header("Sunset").isPresent(), current::toString);
  }

  @Test
  void introspectionTellsWhichSecretWasPresented() {
    TestToken made = tokens.create();
    TestToken rotated = tokens.rotate(made.id(), grace(600));
    JsonObject previous = introspected(made.rawToken());
    assertEquals(JsonValue.TRUE, previous.get("previous_secret"));
    assertEquals(previous(rotated).get("expiresAt"), previous.get("expires_at"));
    assertEquals(instant(previous(rotated), "expiresAt").getEpochSecond(), previous.getInt("exp"));
    JsonObject current = introspected(rotated.rawToken());
    assertFalse(current.containsKey("previous_secret"), current::toString);
    assertEquals(rotated.token().get("expiresAt"), current.get("expires_at"));
    assertEquals(current.get("jti"), previous.get("jti"));
    tokens.tryEndPrevious(made.id()).expect(204);
    assertEquals("{\"active\":false}", introspected(made.rawToken()).toString());
  }
}
