package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.PATH;
import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests tokens that manage tokens, configured scopes and configured lifetimes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenManagementIT {

  private static final String READ = "access-tokens:service:read";
  private static final String WRITE = "access-tokens:service:write";
  private static final String REVOKE = "access-tokens:service:revoke";

  private static final String CONFIG =
      """
      accessTokens:
        service:
          allowTokenManagement: true
          maxTokenLifetimeDays: 7
          defaultTokenLifetimeDays: 3
          scopes:
            - id: deploy:run
              description: Start deployments
              plugin: deploy
            - id: a-first
              description: Sorted before others by its name
              plugin: zoo
          admin:
            userEntityRefs:
              - user:default/alice
          auditor:
            userEntityRefs:
              - user:default/bob
        introspection:
          userEntityRefs: [user:default/dave]
      """;

  private RunningApplication application;
  private Api anonymous;
  private ServiceTokens alice;
  private TestToken manager;
  private ServiceTokens managing;

  @BeforeAll
  void start() throws Exception {
    application =
        RunningApplication.start(WarProcess.inNewFolder().withConfig(CONFIG).with("--in-memory"));
    anonymous = application.api();
    alice = new ServiceTokens(anonymous.as("alice"));
    manager =
        alice.create(
            good()
                .scopes(READ, WRITE, REVOKE, "catalog:read", "deploy:run")
                .with("expiresInDays", "2"));
    managing = new ServiceTokens(anonymous.bearer(manager.rawToken()));
  }

  @AfterAll
  void close() {
    application.close();
  }

  private Api asManager() {
    return anonymous.bearer(manager.rawToken());
  }

  @Test
  void catalogHoldsTheConfiguredScopesInTheirOrderAndThePermissions() {
    List<JsonObject> scopes =
        ServiceTokens.objects(anonymous.as("alice").get(PATH + "/scopes").ok(), "scopes");
    List<String> ids = scopes.stream().map(scope -> scope.getString("id")).toList();
    assertEquals(
        List.of(
            "catalog:read",
            "catalog:write",
            "techdocs:read",
            "scaffolder:read",
            "scaffolder:execute"),
        ids.subList(0, 5));
    assertTrue(ids.indexOf("deploy:run") > 4 && ids.contains("a-first"), ids::toString);
    assertEquals(ids.indexOf("deploy:run") + 1, ids.indexOf("a-first"));
    for (JsonObject scope : scopes) {
      boolean own = scope.getString("id").startsWith("access-tokens:");
      assertEquals(own, scope.getString("plugin").equals("access-tokens"));
    }
    assertTrue(ids.containsAll(List.of(READ, WRITE, REVOKE, OAuthTopic.PERMISSION)), ids::toString);
    JsonObject deploy = scopes.get(ids.indexOf("deploy:run"));
    assertEquals("Start deployments", deploy.getString("description"));
    assertEquals("deploy", deploy.getString("plugin"));
  }

  @Test
  void permissionsAreGrantedOnlyByUsersWhoHaveThemOnAllGroups() {
    ServiceTokens carol = new ServiceTokens(anonymous.as("carol"));
    for (String permission : List.of(READ, WRITE, REVOKE)) {
      carol.tryCreate(good().scopes(permission)).problem(403);
      carol.tryCreate(good().scopes("catalog:read", permission)).problem(403);
      alice.create(good().scopes(permission));
    }
    carol.create(good().scopes("deploy:run"));
  }

  @Test
  void managingTokenReportsItsPermissions() {
    JsonObject me = asManager().get(WHOAMI).ok();
    assertEquals("service", me.getString("type"));
    assertEquals(
        List.of(READ, REVOKE, WRITE),
        me.getJsonArray("permissions").stream()
            .map(permission -> permission.toString().replace("\"", ""))
            .sorted()
            .toList());
  }

  @Test
  void managingTokenIsLimitedToItsGroup() {
    String theirs = alice.create(good().of("payments")).id();
    TestToken own = alice.create(good());
    String ours = own.id();
    anonymous.bearer(own.rawToken()).get(VerifyTopic.VERIFY).expect(204);
    assertEquals(ours, managing.get(ours).getString("id"));
    asManager().get(ServiceTokens.path(theirs)).problem(404);
    asManager().get(ServiceTokens.path(theirs) + "/audit").problem(404);
    managing.tryRevoke(theirs).problem(404);
    managing.tryCreate(good().of("payments")).problem(403);
    for (JsonObject token : managing.all("limit=500")) {
      assertEquals("group:default/platform", token.getString("groupEntityRef"));
    }
    assertEquals(0, managing.list("groupEntityRef=payments").getInt("total"));
    managing.revoke(ours);
    anonymous.bearer(own.rawToken()).get(VerifyTopic.VERIFY).problem(401);
    assertEquals(
        "service-token:group:default/platform:" + manager.name(),
        alice.get(ours).getString("revokedBy"));
    assertEquals(
        List.of("revoked", "created"),
        alice.events(ours).stream().map(event -> event.getString("event")).toList());
  }

  @Test
  void managingTokenGrantsOnlyScopesThatItHolds() {
    TestToken made = managing.create(good().scopes("deploy:run", "catalog:read"));
    assertEquals(
        "service-token:group:default/platform:" + manager.name(),
        made.token().getString("createdBy"));
    managing.tryCreate(good().scopes("catalog:write")).problem(403);
    managing.tryCreate(good().scopes("catalog:read", "techdocs:read")).problem(403);
    for (String permission : List.of(READ, WRITE, REVOKE)) {
      managing.tryCreate(good().scopes(permission)).problem(403);
    }
    managing.tryCreate(good().scopes("nope")).problem(422);
  }

  @Test
  void managingTokenCreatesNoTokenThatOutlivesIt() {
    String end = manager.token().getString("expiresAt");
    Instant beyond = Instant.parse(end).plusMillis(1);
    managing.tryCreate(good().withText("expiresAt", beyond.toString())).violates("expiresAt");
    managing.tryCreate(good().with("expiresInDays", "3")).problem(422);
    assertEquals(
        end, managing.create(good().withText("expiresAt", end)).token().getString("expiresAt"));
    managing.create(good().with("expiresInDays", "1"));
    // The default of three days is reduced to the remaining part of two days.
    assertEquals(end, managing.create().token().getString("expiresAt"));
  }

  @Test
  void managingTokenLimitedToAddressesGivesTheLimitToItsTokens() {
    TestToken limited =
        alice.create(
            good()
                .scopes(WRITE, "catalog:read")
                .with("allowedAddresses", "[\"127.0.0.0/8\",\"::1\"]"));
    ServiceTokens caller = new ServiceTokens(anonymous.bearer(limited.rawToken()));
    caller.tryCreate(good()).problem(403);
    caller.tryCreate(good().with("allowedAddresses", "[\"0.0.0.0/0\"]")).problem(403);
    TestToken made = caller.create(good().with("allowedAddresses", "[\"127.0.0.1\"]"));
    caller.tryUpdate(made.id(), "{\"allowedAddresses\":null}").problem(403);
    // A managing token grants no permission, so it cannot remove its own limit.
    caller.tryUpdate(limited.id(), "{\"allowedAddresses\":null}").problem(403);
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {READ, WRITE, REVOKE})
  void managingTokenWithOnePermissionHasNoOther(String permission) {
    String raw = alice.create(good().scopes(permission, "catalog:read")).rawToken();
    String other = alice.create(good()).id();
    ServiceTokens limited = new ServiceTokens(anonymous.bearer(raw));
    insufficient(anonymous.bearer(raw).get(PATH), READ, permission);
    insufficient(limited.tryCreate(good()), WRITE, permission);
    insufficient(limited.tryRevoke(other), REVOKE, permission);
  }

  private static void insufficient(ApiResult answer, String needed, String held) {
    if (needed.equals(held)) {
      assertTrue(answer.status() < 300, answer::toString);
    } else {
      answer.problem(403);
      String challenge = answer.headerLine("WWW-Authenticate");
      assertTrue(challenge.contains("error=\"insufficient_scope\""), answer::toString);
      assertTrue(challenge.contains("scope=\"" + needed + "\""), answer::toString);
    }
  }

  @Test
  void introspectingTokenSeesTheTokensOfEveryGroup() {
    String theirs = alice.create(good().of("payments")).rawToken();
    String asking = alice.create(good().scopes(OAuthTopic.PERMISSION)).rawToken();
    JsonObject said = anonymous.bearer(asking).form(OAuthTopic.INTROSPECT, "token=" + theirs).ok();
    assertTrue(said.getBoolean("active"), said::toString);
    assertEquals(
        List.of(OAuthTopic.PERMISSION),
        anonymous.bearer(asking).get(WHOAMI).ok().getJsonArray("permissions").stream()
            .map(permission -> permission.toString().replace("\"", ""))
            .toList());
    managing.tryCreate(good().scopes(OAuthTopic.PERMISSION)).problem(403);
    new ServiceTokens(anonymous.as("carol"))
        .tryCreate(good().scopes(OAuthTopic.PERMISSION))
        .problem(403);
    // Dave is configured as an introspecting user. Without a group, he may not list tokens.
    anonymous.as("dave").form(OAuthTopic.INTROSPECT, "token=" + theirs).ok();
    anonymous.as("dave").get(PATH).problem(403);
  }

  @Test
  void managingTokenRotatesWithinItsOwnRights() {
    Instant own = Instant.parse(manager.token().getString("expiresAt"));
    TestToken shortLived = alice.create(good().with("expiresInDays", "1"));
    TestToken rotated = managing.rotate(shortLived.id(), "{}");
    assertTrue(
        Instant.parse(rotated.token().getString("expiresAt")).isBefore(own), "a lifetime of a day");
    managing.tryRotate(shortLived.id(), "{\"expiresInDays\":3}").violates("expiresInDays");
    TestToken longLived = alice.create(good().with("expiresInDays", "7"));
    managing.tryRotate(longLived.id(), "{}").problem(403);
    managing.rotate(longLived.id(), "{\"expiresInDays\":1}");
    TestToken shortened = alice.create(good().with("expiresInDays", "7"));
    String soon = Instant.now().plus(Duration.ofHours(1)).toString();
    alice.update(shortened.id(), "{\"expiresAt\":\"" + soon + "\"}");
    TestToken limited = managing.rotate(shortened.id(), "{}");
    assertEquals(own, Instant.parse(limited.token().getString("expiresAt")), "the own expiry");
    managing.tryEndPrevious(longLived.id()).expect(204);
    TestToken wide = alice.create(good().scopes("catalog:read", "techdocs:read"));
    managing.tryRotate(wide.id(), "{}").problem(403);
    TestToken powerful = alice.create(good().scopes(READ));
    managing.tryRotate(powerful.id(), "{}").problem(403);
    new ServiceTokens(anonymous.as("carol")).tryRotate(powerful.id(), "{}").problem(403);
    alice.rotate(powerful.id(), "{}");
    TestToken foreign = alice.create(good().of(Topic.PAYMENTS));
    managing.tryRotate(foreign.id(), "{}").problem(404);
    TestToken reading = alice.create(good().scopes(READ));
    new ServiceTokens(anonymous.bearer(reading.rawToken()))
        .tryRotate(shortLived.id(), "{}")
        .problem(403);
  }

  @Test
  void previousSecretOfAManagingTokenGivesNothingBeyondItsEnd() {
    TestToken made = alice.create(good().scopes(WRITE, "catalog:read"));
    TestToken rotated = alice.rotate(made.id(), "{\"gracePeriodSeconds\":600}");
    ServiceTokens former = new ServiceTokens(anonymous.bearer(made.rawToken()));
    JsonObject previous = rotated.token().getJsonObject("previousSecret");
    assertEquals(previous.get("expiresAt"), former.create(good()).token().get("expiresAt"));
    former.tryCreate(good().with("expiresInDays", "1")).violates("expiresInDays");
  }

  @Test
  void tokenIsAcceptedFromEveryOrigin() {
    ApiResult answer =
        asManager()
            .call("POST", PATH)
            .header("Sec-Fetch-Site", "cross-site")
            .header("Origin", "https://elsewhere.example")
            .json(good().json())
            .send()
            .expect(201);
    assertFalse(answer.json().getString("rawToken").isEmpty(), "the raw token is empty");
  }

  @Test
  void managingTokenCanRevokeItself() {
    TestToken last = alice.create(good().scopes(REVOKE, READ));
    ServiceTokens self = new ServiceTokens(anonymous.bearer(last.rawToken()));
    self.revoke(last.id());
    self.tryRevoke(last.id()).problem(401);
  }

  @Test
  void lifetimesAreConfigured() {
    assertEquals(Duration.ofDays(3), CreateTokenTopic.life(alice.create(good()).token()));
    alice.create(good().with("expiresInDays", "7"));
    alice.tryCreate(good().with("expiresInDays", "8")).violates("expiresInDays");
    Instant max = Instant.now().plus(Duration.ofDays(7));
    alice.create(good().withText("expiresAt", max.minusSeconds(2).toString()));
    alice
        .tryCreate(good().withText("expiresAt", max.plusSeconds(60).toString()))
        .violates("expiresAt");
  }

  @Test
  void tokenWithTheScopeIsTheSecretOfAnOAuthClient() {
    TestToken client = alice.create(good().scopes(OAuthTopic.PERMISSION));
    String secret = client.rawToken();
    String theirs = alice.create().rawToken();
    String form = "token=" + theirs;
    String posted = "client_id=gateway&client_secret=" + secret + '&' + form;
    for (String name : List.of("gateway", "", "ü b")) {
      JsonObject seen = anonymous.basic(name, secret).form(OAuthTopic.INTROSPECT, form).ok();
      assertTrue(seen.getBoolean("active"), seen::toString);
    }
    assertTrue(anonymous.form(OAuthTopic.INTROSPECT, posted).ok().getBoolean("active"));
    anonymous.basic("gateway", secret).get(WHOAMI).problem(401);
    anonymous.basic("gateway", secret).form(OAuthTopic.INTROSPECT, posted).expect(400);
    anonymous.bearer(theirs).get(WHOAMI).ok();
    anonymous.form(OAuthTopic.REVOKE, posted).expect(200);
    anonymous.bearer(theirs).get(WHOAMI).problem(401);
    await()
        .until(
            () ->
                anonymous
                        .as("alice")
                        .get(ServiceTokens.path(client.id()) + "/usage")
                        .ok()
                        .getJsonObject("accepted")
                        .getInt("count")
                    == 5);
    alice.revoke(client.id());
    anonymous.basic("gateway", secret).form(OAuthTopic.INTROSPECT, form).expect(401);
    anonymous.form(OAuthTopic.INTROSPECT, posted).expect(401);
  }
}
