package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.path;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.TestToken;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests the numbers of accepted and rejected uses of a token, with time and address of the last
 * use, and the scopes that verifiers required.
 */
abstract class UsageTopic extends Topic {

  private static final String NEVER = "never";

  @Test
  void unusedTokenHasNoUsage() {
    TestToken made = tokens.create();
    assertEquals(
        "{\"tokenId\":\""
            + made.id()
            + "\",\"accepted\":{\"count\":0,\"lastAt\":null,\"lastAddress\":null},"
            + "\"refused\":{\"count\":0,\"lastAt\":null,\"lastAddress\":null,"
            + "\"revoked\":0,\"expired\":0,\"address\":0,\"endedSecret\":0},\"callers\":[],"
            + "\"scopes\":[{\"scope\":\"catalog:read\",\"firstNeededAt\":null,\"lastNeededAt\":null}]}",
        bob.get(path(made.id()) + "/usage").expect(200).text());
  }

  @Test
  void acceptedUsesAreCounted() throws InterruptedException {
    TestToken made = tokens.create();
    Instant before = Instant.now().minusMillis(1);
    for (int i = 0; i < 7; i++) {
      anonymous.bearer(made.rawToken()).get(WHOAMI).ok();
    }
    // A use counts even if the request is denied.
    anonymous.bearer(made.rawToken()).get(PATH).problem(403);
    JsonObject usage = await(made.id(), current -> count(current, "accepted") == 8);
    JsonObject accepted = usage.getJsonObject("accepted");
    assertEquals("127.0.0.1", accepted.getString("lastAddress"));
    Instant lastAt = Instant.parse(accepted.getString("lastAt"));
    assertFalse(lastAt.isBefore(before) || lastAt.isAfter(Instant.now()), usage::toString);
    assertEquals(accepted.get("lastAt"), tokens.get(made.id()).get("lastUsedAt"));
    assertEquals(0, count(usage, "refused"));
  }

  @Test
  void rejectedUsesAreCountedByReason() throws InterruptedException {
    TestToken made =
        tokens.createExpiring(
            good(), token -> anonymous.bearer(token.rawToken()).get(WHOAMI).status() == 200);
    made.awaitExpiry();
    for (int i = 0; i < 3; i++) {
      anonymous.bearer(made.rawToken()).get(WHOAMI).problem(401);
    }
    tokens.revoke(made.id());
    for (int i = 0; i < 2; i++) {
      anonymous.bearer(made.rawToken()).get(WHOAMI).problem(401);
    }
    JsonObject usage = await(made.id(), current -> count(current, "refused") == 5);
    JsonObject refused = usage.getJsonObject("refused");
    assertEquals(3, refused.getInt("expired"));
    assertEquals(2, refused.getInt("revoked"));
    assertEquals("127.0.0.1", refused.getString("lastAddress"));
    assertEquals(1, count(usage, "accepted"));
    assertTrue(
        Instant.parse(refused.getString("lastAt"))
            .isAfter(Instant.parse(usage.getJsonObject("accepted").getString("lastAt"))),
        usage::toString);
    assertDays(made.id(), 1, 5);
  }

  /** Asserts the uses of 30 days, oldest first, for a token that was used just now. */
  private void assertDays(String id, int accepted, int refused) {
    LocalDate before = LocalDate.now(ZoneOffset.UTC);
    List<JsonObject> days =
        bob.get(path(id) + "/usage?days=30").ok().getJsonArray("days").stream()
            .map(JsonObject.class::cast)
            .toList();
    LocalDate today = LocalDate.parse(days.get(29).getString("day"));
    assertFalse(today.isBefore(before), () -> today + " is before " + before);
    assertFalse(today.isAfter(LocalDate.now(ZoneOffset.UTC)), () -> today + " is in the future");
    for (int i = 0; i < 30; i++) {
      assertEquals(today.minusDays(29L - i).toString(), days.get(i).getString("day"));
    }
    // The tests may run at midnight.
    assertEquals(accepted, days.get(28).getInt("accepted") + days.get(29).getInt("accepted"));
    assertEquals(refused, days.get(28).getInt("refused") + days.get(29).getInt("refused"));
    assertEquals(0, days.get(0).getInt("accepted"));
  }

  @Test
  void scopesThatVerifiersRequiredAreListedWithTheirTimes() throws InterruptedException {
    TestToken made =
        tokens.create(good().scopes("techdocs:read", "catalog:read", "scaffolder:read"));
    Api token = anonymous.bearer(made.rawToken());
    Instant before = Instant.now().minusMillis(1);
    token.get(VerifyTopic.VERIFY).expect(204);
    token.get(VerifyTopic.VERIFY + "?scope=catalog:write").problem(403);
    token.get(VerifyTopic.VERIFY + "?scope=catalog:write%20scaffolder:read").problem(403);
    token.get(VerifyTopic.VERIFY + "?scope=catalog:read").expect(204);
    JsonObject first = await(made.id(), current -> !lastNeed(current, 1).equals(NEVER));
    assertEquals(List.of("techdocs:read", "catalog:read", "scaffolder:read"), scopes(first));
    assertEquals(List.of(NEVER, NEVER), List.of(lastNeed(first, 0), firstNeed(first, 0)));
    assertEquals(NEVER, lastNeed(first, 2), "a refused request needs nothing");
    Instant neededAt = Instant.parse(lastNeed(first, 1));
    assertFalse(neededAt.isBefore(before) || neededAt.isAfter(Instant.now()), first::toString);
    assertEquals(lastNeed(first, 1), firstNeed(first, 1));

    // The resource processes HEAD requests, and the fast path processes others.
    token.call("HEAD", VerifyTopic.VERIFY + "?scope=scaffolder:read").send().expect(204);
    token
        .get(VerifyTopic.VERIFY + "/ext-authz?scope=techdocs:read+catalog:read&uri=/x?scope=y")
        .expect(200);
    JsonObject second =
        await(
            made.id(),
            current -> !lastNeed(current, 0).equals(NEVER) && !lastNeed(current, 2).equals(NEVER));
    assertEquals(lastNeed(second, 0), lastNeed(second, 1), "two scopes of one request");
    assertEquals(firstNeed(first, 1), firstNeed(second, 1));

    var unused = tokens.update(made.id(), "{\"scopes\": [\"catalog:read\", \"catalog:write\"]}");
    JsonObject changed = bob.get(path(made.id()) + "/usage").ok();
    assertEquals(List.of("catalog:read", "catalog:write"), scopes(changed));
    assertEquals(lastNeed(second, 1), lastNeed(changed, 0));
    assertEquals(NEVER, lastNeed(changed, 1));
  }

  private static List<String> scopes(JsonObject usage) {
    return usage.getJsonArray("scopes").getValuesAs(JsonObject.class).stream()
        .map(scope -> scope.getString("scope"))
        .toList();
  }

  private static String firstNeed(JsonObject usage, int index) {
    return usage.getJsonArray("scopes").getJsonObject(index).getString("firstNeededAt", NEVER);
  }

  private static String lastNeed(JsonObject usage, int index) {
    return usage.getJsonArray("scopes").getJsonObject(index).getString("lastNeededAt", NEVER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "91", "-1", "x", "1.5", "7&days=7"})
  void wrongNumberOfDaysIsRejected(String days) {
    TestToken made = tokens.create();
    assertEquals(
        List.of("days"),
        bob.get(path(made.id()) + "/usage?days=" + days).problem(400).violatedFields());
    bob.get(path(made.id()) + "/usage?days=90").ok();
    JsonObject usage = bob.get(path(made.id()) + "/usage?days=").ok();
    assertFalse(usage.containsKey("days"), usage::toString);
  }

  @Test
  void usageNeedsTheReadPermission() {
    TestToken made = tokens.create(good().of(PAYMENTS));
    String usage = path(made.id()) + "/usage";
    anonymous.get(usage).problem(401);
    dave.get(usage).problem(403);
    anonymous.bearer(made.rawToken()).get(usage).problem(403);
    carol.get(usage).problem(404);
    alice.get(path(NO_ID) + "/usage").problem(404);
    alice.get(path("x") + "/usage").problem(404);
    alice.get(path("scopes") + "/usage").problem(404);
    alice.post(usage, "{}").problem(405);
    carol.get(path(tokens.create().id()) + "/usage").ok();
  }

  private static long count(JsonObject usage, String outcome) {
    return usage.getJsonObject(outcome).getJsonNumber("count").longValue();
  }

  private JsonObject await(String id, Predicate<JsonObject> arrived) throws InterruptedException {
    Instant end = Instant.now().plus(Duration.ofSeconds(60));
    JsonObject seen = bob.get(path(id) + "/usage").ok();
    while (!arrived.test(seen) && Instant.now().isBefore(end)) {
      Thread.sleep(100);
      seen = bob.get(path(id) + "/usage").ok();
    }
    assertTrue(arrived.test(seen), seen::toString);
    return seen;
  }
}
