package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.path;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Tests the rotation of service tokens. {@link GracePeriodTopic} tests the previous secret. */
abstract class RotationTopic extends SecretChangeTopic {

  private static final int MANY = 20;

  @Test
  void rotatedTokenKeepsEverythingButItsSecret() {
    TestToken made = tokens.create(good().scopes("catalog:read", "techdocs:read"));
    whoami(made.rawToken()).ok();
    ApiResult answer = tokens.tryRotate(made.id(), "{}");
    TestToken rotated = TestToken.ofRotation(answer, alice.exchanges());
    assertEquals("no-store", answer.headerLine("Cache-Control"));
    JsonObject token = rotated.token();
    Set<String> changed =
        Set.of("tokenPrefix", "expiresAt", "secretCreatedAt", "previousSecret", "lastUsedAt");
    for (String member : made.token().keySet()) {
      if (!changed.contains(member)) {
        assertEquals(made.token().get(member), token.get(member), member);
      }
    }
    assertNotEquals(made.rawToken(), rotated.rawToken());
    assertTrue(rotated.rawToken().startsWith(token.getString("tokenPrefix")), token::toString);
    Duration lifetime =
        Duration.between(instant(made.token(), "createdAt"), instant(made.token(), "expiresAt"));
    assertEquals(
        instant(token, "secretCreatedAt").plus(lifetime), instant(token, "expiresAt"), "lifetime");
    JsonObject replaced = answer.json().getJsonObject("previousSecret");
    assertEquals(Set.of("tokenPrefix", "expiresAt"), replaced.keySet());
    assertEquals(made.token().get("tokenPrefix"), replaced.get("tokenPrefix"));
    assertEquals(
        instant(token, "secretCreatedAt").plus(1, ChronoUnit.DAYS),
        instant(replaced, "expiresAt"),
        "the default grace period");
    assertEquals(replaced.get("expiresAt"), previous(rotated).get("expiresAt"));
    for (String raw : List.of(made.rawToken(), rotated.rawToken())) {
      assertEquals(made.id(), whoami(raw).ok().getString("tokenId"));
    }
    JsonObject event = tokens.events(made.id()).get(0);
    assertEquals("rotated", event.getString("event"));
    assertEquals("user:default/alice", event.getString("actor"));
    JsonObject metadata = event.getJsonObject("metadata");
    assertEquals("86400", metadata.getString("gracePeriodSeconds"));
    assertEquals(replaced.get("tokenPrefix"), metadata.get("previousTokenPrefix"));
    assertEquals(replaced.get("expiresAt"), metadata.get("previousSecretExpiresAt"));
    assertEquals(made.token().get("expiresAt"), metadata.get("expiresAt.old"));
    assertEquals(token.get("expiresAt"), metadata.get("expiresAt.new"));
    assertEquals(5, metadata.size(), metadata::toString);
  }

  @Test
  void getAndListShowTheRotatedToken() {
    TestToken made = tokens.create();
    JsonObject rotated = tokens.rotate(made.id(), "{}").token();
    assertEquals(rotated, tokens.get(made.id()));
    assertTrue(tokens.all("limit=500").contains(rotated), "the list shows the same token");
  }

  @Test
  void rejectedRotationChangesNothing() {
    TestToken made = tokens.create();
    tokens.tryRotate(made.id(), "{\"expiresInDays\":366}").violates("expiresInDays");
    assertEquals(made.token(), tokens.get(made.id()));
    assertEquals(List.of("created"), events(made.id()));
    whoami(made.rawToken()).ok();
  }

  @Test
  void nullAndUnknownMembersAreIgnored() {
    TestToken made = tokens.create();
    tokens.rotate(
        made.id(),
        "{\"gracePeriodSeconds\":null,\"expiresInDays\":null,\"expiresAt\":null,"
            + "\"endGraceOnFirstUse\":null,\"name\":7}");
  }

  @Test
  void bothExpiriesAreRejected() {
    String later = Instant.now().plus(Duration.ofDays(3)).toString();
    ApiResult answer =
        tokens.tryRotate(
            tokens.create().id(), "{\"expiresInDays\":3,\"expiresAt\":\"" + later + "\"}");
    answer.problem(422);
    assertFalse(answer.violatedFields().isEmpty(), answer::toString);
  }

  @Test
  void lifetimeIsTheLatestGivenOne() {
    TestToken made = tokens.create(good().with("expiresInDays", "10"));
    String end = Instant.now().plus(Duration.ofDays(2)).toString();
    JsonObject updated = tokens.update(made.id(), "{\"expiresAt\":\"" + end + "\"}");
    assertEquals(Duration.ofDays(10).toSeconds(), updated.getInt("lifetimeSeconds"));
    assertLifetime(Duration.ofDays(10), tokens.rotate(made.id(), "{}"));
    assertLifetime(Duration.ofDays(5), tokens.rotate(made.id(), "{\"expiresInDays\":5}"));
    assertLifetime(Duration.ofDays(5), tokens.rotate(made.id(), "{}"));
    Instant exact = Instant.now().plus(Duration.ofDays(20)).truncatedTo(ChronoUnit.MILLIS);
    JsonObject rotated = tokens.rotate(made.id(), "{\"expiresAt\":\"" + exact + "\"}").token();
    assertEquals(exact, instant(rotated, "expiresAt"));
  }

  private static void assertLifetime(Duration expected, TestToken rotated) {
    assertEquals(
        expected,
        Duration.between(
            instant(rotated.token(), "secretCreatedAt"), instant(rotated.token(), "expiresAt")));
    assertEquals(expected.toSeconds(), rotated.token().getInt("lifetimeSeconds"));
  }

  @Test
  void callerNeedsThePermissionOnTheGroup() {
    TestToken made = tokens.create(good().of(PAYMENTS));
    tokens.rotate(made.id(), "{}");
    for (String target : List.of("POST rotate", "DELETE previous-secret")) {
      String method = target.split(" ", 2)[0];
      String resource = path(made.id()) + '/' + target.split(" ", 2)[1];
      for (Api caller : List.of(bob, dave, anonymous.bearer(made.rawToken()))) {
        caller.call(method, resource).send().problem(403);
      }
      anonymous.call(method, resource).send().problem(401);
      carol.call(method, resource).send().problem(404);
    }
    tokens.tryRotate(NO_ID, "{}").problem(404);
    tokens.tryRotate("x", "{}").problem(404);
    TestToken platform = tokens.create();
    TestToken.ofRotation(
        carol.call("POST", path(platform.id()) + "/rotate").send(), alice.exchanges());
    carol.call("DELETE", path(platform.id()) + "/previous-secret").send().expect(204);
  }

  @Test
  void browserOfAnotherOriginIsRejected() {
    TestToken made = tokens.create();
    for (String target : List.of("POST rotate", "DELETE previous-secret")) {
      alice
          .call(target.split(" ", 2)[0], path(made.id()) + '/' + target.split(" ", 2)[1])
          .header("Origin", "https://evil.example")
          .header("Sec-Fetch-Site", "cross-site")
          .send()
          .problem(403);
    }
    assertEquals(List.of("created"), events(made.id()));
  }

  @Test
  void parallelRotationsLeaveTwoValidSecrets() throws Exception {
    AtomicReference<TestToken> last = new AtomicReference<>();
    List<ApiResult> answers =
        Race.undisturbed(
            () -> {
              TestToken token = tokens.create();
              last.set(token);
              return Race.of(MANY, i -> tokens.tryRotate(token.id(), "{}"));
            });
    TestToken made = Objects.requireNonNull(last.get());
    List<String> valid = new ArrayList<>();
    for (ApiResult rotated : answers) {
      String rawToken = rotated.ok().getString("rawToken");
      if (whoami(rawToken).expectOneOf(200, 401).status() == 200) {
        valid.add(rawToken);
      }
    }
    assertEquals(2, valid.size(), "valid secrets");
    whoami(made.rawToken()).problem(401);
    JsonObject token = tokens.get(made.id());
    List<String> prefixes = valid.stream().map(raw -> raw.substring(0, 12)).toList();
    assertTrue(prefixes.contains(token.getString("tokenPrefix")), token::toString);
    assertTrue(
        prefixes.contains(token.getJsonObject("previousSecret").getString("tokenPrefix")),
        token::toString);
    List<String> events =
        ServiceTokens.objects(alice.get(path(made.id()) + "/audit?limit=500").ok(), "events")
            .stream()
            .map(event -> event.getString("event"))
            .toList();
    assertEquals(MANY, Collections.frequency(events, "rotated"), "rotations");
    assertEquals(MANY - 1, Collections.frequency(events, "previous-secret-ended"), "ends");
  }

  @Test
  void rotationsDuringARevocationLeaveNoValidSecret() throws Exception {
    for (int round = 0; round < 3; round++) {
      AtomicReference<TestToken> last = new AtomicReference<>();
      List<ApiResult> answers =
          Race.undisturbed(
              () -> {
                TestToken token = tokens.create();
                last.set(token);
                Race race =
                    Race.of(
                        6,
                        i ->
                            i == 3
                                ? tokens.tryRevoke(token.id())
                                : tokens.tryRotate(token.id(), grace(600)));
                if (race.answers().get(3).status() == 204) {
                  assertNoSecretIsValid(token, race.answers());
                }
                return race;
              });
      TestToken made = Objects.requireNonNull(last.get());
      answers.get(3).expect(204);
      answers.forEach(answer -> answer.expectOneOf(200, 204, 409));
      assertEquals("revoked", tokens.get(made.id()).getString("status"));
    }
  }

  private void assertNoSecretIsValid(TestToken revoked, List<ApiResult> answers) {
    for (ApiResult answer : answers) {
      if (answer.hasNewSecret()) {
        whoami(answer.json().getString("rawToken")).problem(401);
      }
    }
    whoami(revoked.rawToken()).problem(401);
  }
}
