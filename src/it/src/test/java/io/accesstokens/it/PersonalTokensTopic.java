package io.accesstokens.it;

import static io.accesstokens.testing.client.PersonalTokens.path;
import static io.accesstokens.testing.client.PersonalTokens.request;
import static io.accesstokens.testing.client.TokenRequest.newName;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the lifecycle of the caller's own personal tokens. */
abstract class PersonalTokensTopic extends Topic {

  private static final int MANY = 20;
  private static final String RAW = "bpat_[0-9A-Za-z]{43}";
  private static final String INSTANT = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";

  private final PersonalTokens daves = new PersonalTokens(dave);

  @Test
  void everyUserCreatesTokensAndSeesTheSecretOnce() {
    ApiResult answer = daves.tryCreate("{\"name\":\"" + newName() + "\"}").expect(201);
    assertTrue(answer.headerLine("Cache-Control").contains("no-store"), answer::toString);
    String raw = answer.json().getString("rawToken");
    assertTrue(raw.matches(RAW), "the raw token has another form");
    JsonObject token = answer.json().getJsonObject("token");
    assertEquals(raw.substring(0, 12), token.getString("prefix"));
    assertTrue(token.getString("createdAt").matches(INSTANT), answer::toString);
    assertEquals(
        Duration.ofDays(30),
        Duration.between(
            Instant.parse(token.getString("createdAt")),
            Instant.parse(token.getString("expiresAt"))));
    for (String absent : List.of("lastUsedAt", "revokedAt")) {
      assertEquals(JsonValue.NULL, token.get(absent));
    }
    String location = anonymous.within(answer.header("Location").orElseThrow());
    assertEquals(path(token.getString("id")), location);
    assertEquals(token, dave.get(location).ok());
    JsonObject newest = daves.list("limit=1").getJsonArray("tokens").getJsonObject(0);
    assertEquals(token, newest);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"name\":\"\"}",
        "{\"name\":\"   \"}",
        "{\"name\":\"a\\u0000b\"}",
        "{\"name\":\"<script>\"}",
        "{\"name\":\"tränen\"}",
        "{\"name\":\"a\\nb\"}",
        "{\"name\":[\"x\"]}"
      })
  void wrongNameIsRejected(String body) {
    daves.tryCreate(body).violates("name");
    daves.tryCreate("{\"name\":\"" + "n".repeat(101) + "\"}").violates("name");
  }

  @Test
  void requestedLifetimeIsLimitedByTheMaximum() {
    String name = "{\"name\":\"" + newName() + "\",";
    daves.tryCreate(name + "\"expiresInDays\":366}").violates("expiresInDays");
    daves.tryCreate(name + "\"expiresInDays\":\"30\"}").violates("expiresInDays");
    daves.tryCreate(name + "\"expiresAt\":\"2020-01-01T00:00:00Z\"}").violates("expiresAt");
    daves
        .tryCreate(name + "\"expiresInDays\":1,\"expiresAt\":\"2099-01-01T00:00:00Z\"}")
        .violates("expiresAt");
    JsonObject token =
        daves.tryCreate(name + "\"expiresInDays\":365}").expect(201).json().getJsonObject("token");
    assertEquals("active", token.getString("status"));
    assertEquals(List.of("minted"), daves.events(token.getString("id")));
  }

  @Test
  void revocationIsPermanent() {
    TestToken made = daves.create();
    anonymous.bearer(made.rawToken()).get(WHOAMI).ok();
    assertEquals("", daves.tryRevoke(made.id()).expect(204).text());
    anonymous.bearer(made.rawToken()).get(WHOAMI).problem(401);
    daves.tryRevoke(made.id()).problem(409);
    dave.delete(path(made.id()), REASON).problem(409);
    assertEquals("revoked", daves.get(made.id()).getString("status"));
    assertEquals(List.of("revoked", "minted"), daves.events(made.id()));
    TestToken other = daves.create();
    dave.delete(path(other.id()), "{\"reason\":\"\"}").violates("reason");
    dave.delete(path(other.id()), REASON).expect(204);
    daves.tryRevoke(NO_ID).problem(404);
    daves.tryRevoke("x").problem(404);
  }

  @Test
  void nameIsAvailableAfterRevocation() {
    String name = newName();
    TestToken first = daves.createNamed(name);
    daves.tryCreate(request(name)).problem(409);
    new PersonalTokens(carol).tryCreate(request(name)).expect(201);
    daves.revoke(first.id());
    daves.tryCreate(request(name)).expect(201);
    anonymous.bearer(first.rawToken()).get(WHOAMI).problem(401);
  }

  @Test
  void listIsFilteredByStatusAndPaged() {
    TestToken good = daves.create();
    TestToken dead = daves.create();
    daves.revoke(dead.id());
    List<String> revoked = ids(daves.list("status=revoked&limit=500"));
    assertTrue(revoked.contains(dead.id()), "the revoked token is missing");
    assertFalse(revoked.contains(good.id()), "an active token is in the list");
    List<String> all = ids(daves.list("limit=500"));
    assertEquals(all.subList(1, 3), ids(daves.list("offset=1&limit=2")));
    assertEquals(all.size(), daves.list("limit=0").getInt("total"));
    for (String wrong :
        List.of("status=dead", "limit=501", "limit=-1", "offset=x", "limit=1&limit=1")) {
      dave.get(PersonalTokens.PATH + '?' + wrong).problem(400);
    }
  }

  private static List<String> ids(JsonObject page) {
    return ServiceTokens.objects(page, "tokens").stream()
        .map(token -> token.getString("id"))
        .toList();
  }

  @RepeatedTest(3)
  void exactlyOneOfTwentyConcurrentRequestsGetsTheName() throws Exception {
    String name = newName();
    Race.of(MANY, i -> daves.tryCreate(request(name))).assertSuccesses(201, 1);
    assertEquals(
        1,
        ServiceTokens.objects(daves.list("limit=500"), "tokens").stream()
            .filter(token -> token.getString("name").equals(name))
            .count());
    daves.tryCreate(request(name)).problem(409);
  }

  @RepeatedTest(3)
  void exactlyOneOfTwentyConcurrentRevocationsSucceeds() throws Exception {
    TestToken made = daves.create();
    Race.of(MANY, i -> daves.tryRevoke(made.id())).assertSuccesses(204, 1);
    assertEquals(List.of("revoked", "minted"), daves.events(made.id()));
  }

  @Test
  void everyUseAfterTheRevocationResponseIsRejected() throws Exception {
    TestToken made = daves.create();
    assertUsesEndWith(() -> daves.revoke(made.id()), made);
  }

  @Test
  void lastUseIsReported() {
    TestToken made = daves.create();
    var bearer = anonymous.bearer(made.rawToken());
    bearer.get(WHOAMI).ok();
    bearer.get(PersonalTokens.PATH).ok();
    daves.revoke(made.id());
    bearer.get(WHOAMI).problem(401);
    Awaitility.await()
        .untilAsserted(
            () -> {
              JsonObject usage = dave.get(path(made.id()) + "/usage").ok();
              assertEquals(2, usage.getJsonObject("accepted").getInt("count"));
              assertEquals(1, usage.getJsonObject("refused").getInt("revoked"));
            });
    assertNotEquals(JsonValue.NULL, daves.get(made.id()).get("lastUsedAt"));
  }
}
