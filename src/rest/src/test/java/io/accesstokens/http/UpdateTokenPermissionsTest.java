package io.accesstokens.http;

import static io.accesstokens.http.ApiFixture.SERVICE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.http.ApiFixture.Answer;
import io.accesstokens.token.policy.CreationLimit;
import io.accesstokens.token.policy.CreationLimit.Owners;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests who may change a token (PATCH), and what a caller may add to it. */
class UpdateTokenPermissionsTest {

  private static final String WRITE = "access-tokens:service:write";

  private final ApiFixture api = new ApiFixture();

  private static Answer patch(ApiFixture.Call call, JsonObject issued, String json) {
    return call.header("Content-Type", "application/merge-patch+json")
        .send("PATCH", SERVICE + '/' + id(issued), json.getBytes(StandardCharsets.UTF_8));
  }

  private static String id(JsonObject issued) {
    return issued.getJsonObject("token").getString("id");
  }

  private JsonObject createAs(ApiFixture.Call call, String name, String scopes, int days) {
    String body =
        "{\"name\":\"%s\",\"description\":\"d\",\"groupEntityRef\":\"platform\",\"scopes\":%s,"
            + "\"expiresInDays\":%d}";
    return call.post(SERVICE, body.formatted(name, scopes, days)).expect(201).json();
  }

  private ApiFixture.Call manager(String scopes, int days) {
    JsonObject issued = createAs(api.as("alice"), "manager", scopes, days);
    return api.with(issued.getString("rawToken"));
  }

  @Test
  void permissionsAreGrantedOnlyByUsersWhoHaveThemOnAllGroups() {
    JsonObject issued = api.create("t", "[\"catalog:read\"]");
    String widened = "{\"scopes\":[\"catalog:read\",\"" + WRITE + "\"]}";
    patch(api.as("carol"), issued, widened).expect(403);
    patch(api.as("alice"), issued, widened).expect(200);
    // Carol may keep or remove a scope that she may not give, but may add none while it is kept.
    patch(api.as("carol"), issued, "{\"scopes\":[\"" + WRITE + "\",\"techdocs:read\"]}")
        .expect(403);
    patch(api.as("carol"), issued, "{\"description\":\"by carol\"}").expect(200);
    patch(api.as("carol"), issued, "{\"scopes\":[\"catalog:read\"]}").expect(200);
    patch(api.as("carol"), issued, "{\"scopes\":[\"catalog:read\",\"techdocs:read\"]}").expect(200);
  }

  @Test
  void managingTokenAddsOnlyItsOwnScopes() {
    JsonObject issued = createAs(api.as("alice"), "t", "[\"catalog:read\"]", 3);
    var scopes = "[\"" + WRITE + "\",\"catalog:read\",\"techdocs:read\"]";
    ApiFixture.Call manager = manager(scopes, 5);
    patch(manager, issued, "{\"scopes\":[\"catalog:read\",\"catalog:write\"]}").expect(403);
    patch(manager, issued, "{\"scopes\":[\"catalog:read\",\"" + WRITE + "\"]}").expect(403);
    patch(manager, issued, "{\"scopes\":[\"catalog:read\",\"techdocs:read\"]}").expect(200);
    patch(manager, issued, "{\"scopes\":[\"techdocs:read\"]}").expect(200);
  }

  @Test
  void managingTokenGivesNothingToATokenThatOutlivesIt() {
    JsonObject issued = createAs(api.as("alice"), "t", "[\"catalog:read\"]", 30);
    ApiFixture.Call manager = manager("[\"" + WRITE + "\",\"catalog:read\",\"techdocs:read\"]", 5);
    String widened = "\"scopes\":[\"catalog:read\",\"techdocs:read\"]";
    patch(manager, issued, '{' + widened + '}').expect(403);
    String soon = Instant.now().plus(Duration.ofDays(4)).toString();
    patch(manager, issued, '{' + widened + ",\"expiresAt\":\"" + soon + "\"}").expect(200);
  }

  @Test
  void managingTokenGivesNothingToATokenWithFewerLimits() {
    JsonObject own =
        createAs(api.as("alice"), "manager", "[\"" + WRITE + "\",\"catalog:read\"]", 5);
    patch(api.as("alice"), own, "{\"requestsPerMinute\":1000}").expect(200);
    ApiFixture.Call manager = api.with(own.getString("rawToken"));
    String body =
        "{\"name\":\"t\",\"description\":\"d\",\"groupEntityRef\":\"platform\","
            + "\"scopes\":[\"catalog:read\"],\"expiresInDays\":3";
    manager.post(SERVICE, body + '}').expect(403);
    manager.post(SERVICE, body + ",\"requestsPerMinute\":1001}").expect(403);
    manager.post(SERVICE, body + ",\"allowedAddresses\":[\"10.0.0.0/8\"]}").expect(403);
    JsonObject made =
        manager.post(SERVICE, body + ",\"requestsPerMinute\":1000}").expect(201).json();
    patch(manager, made, "{\"requestsPerMinute\":null}").expect(403);
    patch(manager, made, "{\"requestsPerMinute\":1001}").expect(403);
    patch(manager, made, "{\"requestsPerMinute\":999}").expect(200);
    patch(manager, made, "{\"requestsPerMinute\":1000}").expect(200);
  }

  @Test
  void managingTokenCannotChangeTokensOfOtherGroups() {
    JsonObject other =
        api.as("alice")
            .post(
                SERVICE, ApiFixture.body("t", "[\"catalog:read\"]").replace("platform", "payments"))
            .expect(201)
            .json();
    patch(manager("[\"" + WRITE + "\"]", 5), other, "{\"description\":\"x\"}").expect(404);
  }

  @Test
  void personalTokenNeedsTheScope() {
    JsonObject issued = api.create("t", "[\"catalog:read\"]");
    String reader = api.mint("alice", "[\"access-tokens:service:read\"]").getString("rawToken");
    String writer = api.mint("carol", "[\"" + WRITE + "\"]").getString("rawToken");
    patch(api.with(reader), issued, "{\"description\":\"x\"}").expect(403);
    patch(api.with(writer), issued, "{\"description\":\"x\"}").expect(200);
    patch(api.with(writer), issued, "{\"scopes\":[\"catalog:read\",\"techdocs:read\"]}")
        .expect(403);
  }

  @Test
  void policyAppliesToAddedScopesAndNewDescriptionsOnly() {
    CreationLimit limit =
        new CreationLimit(
            Owners.ALL,
            OptionalInt.empty(),
            Set.of("catalog:read"),
            OptionalInt.empty(),
            OptionalInt.empty(),
            new CreationLimit.DescriptionRule(
                "T-.*", "must name a ticket", text -> text.startsWith("T-")));
    ApiFixture limited = new ApiFixture(List.of(), List.of(limit));
    JsonObject issued =
        limited
            .as("alice")
            .post(SERVICE, ApiFixture.body("t", "[\"catalog:read\"]").replace("\"d\"", "\"T-1\""))
            .expect(201)
            .json();
    Answer wrong =
        patch(
            limited.as("alice"),
            issued,
            "{\"description\":\"d\",\"scopes\":[\"catalog:read\",\"techdocs:read\"]}");
    assertEquals(List.of("description", "scopes[1]"), wrong.expect(422).fields());
    patch(limited.as("alice"), issued, "{\"description\":\"T-2\"}").expect(200);
    patch(limited.as("alice"), issued, "{\"description\":\"T-2\",\"scopes\":[\"catalog:read\"]}")
        .expect(200);
  }

  /** The response to the first request may be lost, and another process may use the old values. */
  @Test
  void repeatedUpdateWaitsUntilTheFirstIsFinal() {
    JsonObject issued = api.create("t", "[\"catalog:read\",\"techdocs:read\"]");
    api.store.untilFinal = Duration.ofMillis(100);
    for (int i = 0; i < 3; i++) {
      long start = System.nanoTime();
      patch(api.as("alice"), issued, "{\"scopes\":[\"catalog:read\"]}").expect(200);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      assertTrue(took.compareTo(api.store.untilFinal) >= 0, "request " + i + " took " + took);
    }
    String audit = SERVICE + '/' + id(issued) + "/audit";
    assertEquals(2, api.as("alice").get(audit).json().getInt("total"));
  }

  @Test
  void outageIsReported() {
    JsonObject issued = api.create("t", "[\"catalog:read\"]");
    api.store.writing =
        () -> {
          throw ListTokenStore.outage();
        };
    patch(api.as("alice"), issued, "{\"description\":\"x\"}").expect(503);
  }
}
