package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests token revocation (RFC 7009): every caller who knows a token can revoke the token. */
class RevocationEndpointTest {

  private static final String SUBJECT = "service-token:group:default/platform:deploy";

  private final ApiFixture api = new ApiFixture();
  private final JsonObject made = api.create("deploy", "[\"catalog:read\"]");
  private final String raw = made.getString("rawToken");
  private final String path =
      ApiFixture.SERVICE + "/" + made.getJsonObject("token").getString("id");

  private ApiFixture.Answer revoke(String form) {
    return api.anonymous().form(ApiFixture.REVOKE, form);
  }

  @Test
  void tokenIsRevokedAndTheReasonIsRecorded() {
    assertEquals("", revoke("token=" + raw + "&token_type_hint=access_token").expect(200).text());
    api.with(raw).get(ApiFixture.WHOAMI).expect(401);
    JsonObject token = api.as("bob").get(path).json();
    assertEquals("revoked", token.getString("status"));
    assertEquals(SUBJECT, token.getString("revokedBy"));
    JsonObject event =
        api.as("bob").get(path + "/audit").json().getJsonArray("events").getJsonObject(0);
    assertEquals("revoked", event.getString("event"));
    assertEquals(SUBJECT, event.getString("actor"));
    assertEquals(
        "{\"reason\":\"revoked by its bearer (RFC 7009)\"}",
        event.getJsonObject("metadata").toString());
  }

  @Test
  void repetitionSucceedsWithoutEffect() {
    revoke("token=" + raw).expect(200);
    revoke("token=" + raw).expect(200);
    assertEquals(2, api.as("bob").get(path + "/audit").json().getInt("total"));
    api.as("alice").delete(path, "{\"reason\":\"r\"}").expect(409);
  }

  @Test
  void responseWaitsUntilTheRevocationIsFinal() {
    api.store.untilFinal = Duration.ofMillis(100);
    for (int i = 0; i < 2; i++) {
      long start = System.nanoTime();
      revoke("token=" + raw).expect(200);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      assertTrue(took.compareTo(api.store.untilFinal) >= 0, took::toString);
    }
  }

  @Test
  void unknownAndMalformedTokensGetTheSameResponse() {
    String unknown = ApiFixture.unknownToken();
    for (String token : List.of(unknown, raw + "x", "x", "ey.J.x", "x".repeat(90_000))) {
      assertEquals("", revoke("token=" + token).expect(200).text());
    }
    api.with(raw).get(ApiFixture.WHOAMI).expect(200);
  }

  @Test
  void personalTokenIsRevokedWhetherOrNotItsUserCanBeLookedUp() {
    JsonObject first = api.mint("dave", "[]");
    JsonObject second =
        api.as("dave").post(ApiFixture.PERSONAL, "{\"name\":\"u\"}").expect(201).json();
    api.usersUp = false;
    revoke("token=" + first.getString("rawToken")).expect(200);
    api.usersUp = true;
    api.gone.add("dave");
    revoke("token=" + second.getString("rawToken")).expect(200);
    api.gone.clear();
    for (JsonObject minted : List.of(first, second)) {
      String id = minted.getJsonObject("token").getString("id");
      JsonObject token = api.as("dave").get(ApiFixture.PERSONAL + "/" + id).expect(200).json();
      assertEquals("revoked", token.getString("status"));
    }
  }

  @Test
  void credentialIsOptionalButMustBeValid() {
    api.with("bsat_x").form(ApiFixture.REVOKE, "token=" + raw).expectOAuth(401, "invalid_token");
    api.with(raw).get(ApiFixture.WHOAMI).expect(200);
    api.as("dave").form(ApiFixture.REVOKE, "token=" + raw).expect(200);
    api.with(raw).get(ApiFixture.WHOAMI).expect(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "token=", "token=a&token=b", "token=%"})
  void refusesMalformedForms(String form) {
    revoke(form).expectOAuth(400, "invalid_request");
  }

  @Test
  void refusesATokenInTheQuery() {
    ApiFixture.Answer answer =
        api.anonymous().form(ApiFixture.REVOKE + "?token=" + raw, "token=" + raw);
    answer.expectOAuth(400, "invalid_request");
    assertFalse(answer.text().contains(raw), answer::text);
    api.with(raw).get(ApiFixture.WHOAMI).expect(200);
  }

  @Test
  void outageIs503() {
    api.store.failure = ListTokenStore.outage();
    ApiFixture.Answer answer = revoke("token=" + raw);
    answer.expectOAuth(503, "temporarily_unavailable");
    assertEquals("1", answer.header("Retry-After"));
  }

  @Test
  void acceptHeaderIsIgnored() {
    api.anonymous().header("Accept", "text/plain").form(ApiFixture.REVOKE, "token=x").expect(200);
    api.anonymous().get(ApiFixture.REVOKE).expectOAuth(405, "invalid_request");
    api.anonymous()
        .header("Content-Type", "application/json")
        .form(ApiFixture.REVOKE, "{}")
        .expectOAuth(415, "invalid_request");
  }
}
