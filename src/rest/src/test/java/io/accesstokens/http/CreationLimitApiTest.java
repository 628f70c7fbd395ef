package io.accesstokens.http;

import static io.accesstokens.http.ApiFixture.SERVICE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.policy.CreationLimit;
import io.accesstokens.token.policy.CreationLimit.DescriptionRule;
import io.accesstokens.token.policy.CreationLimit.Owners;
import io.accesstokens.verify.EntityRef;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests the limits on new tokens: the error response, and the limits that a page can read. */
class CreationLimitApiTest {

  private static final String LIMITS = SERVICE + "/limits?groupEntityRef=";

  private static final CreationLimit PLATFORM =
      new CreationLimit(
          new Owners(false, Set.of(new EntityRef("group", "default", "platform"))),
          OptionalInt.of(30),
          Set.of("techdocs:read", "catalog:read", "access-tokens:service:read"),
          OptionalInt.of(2),
          OptionalInt.empty(),
          new DescriptionRule("[A-Z]+-", "must name a ticket", text -> text.contains("OPS-")));

  private static final CreationLimit ALL =
      new CreationLimit(
          Owners.ALL, OptionalInt.of(90), null, OptionalInt.empty(), OptionalInt.empty(), null);

  private final ApiFixture api = new ApiFixture(List.of(), List.of(PLATFORM, ALL));

  private static String body(String name, String group, String more) {
    return "{\"name\":\"%s\",\"groupEntityRef\":\"%s\",%s}".formatted(name, group, more);
  }

  private static final String GOOD = "\"description\":\"OPS-1\",\"scopes\":[\"catalog:read\"]";

  private List<String> wrong(String caller, String group, String more) {
    return api.as(caller).post(SERVICE, body("n", group, more)).expect(422).fields();
  }

  @Test
  void eachViolationNamesItsField() {
    assertEquals(
        List.of("expiresInDays"), wrong("alice", "platform", GOOD + ",\"expiresInDays\":31"));
    assertEquals(
        List.of("expiresAt"),
        wrong("alice", "platform", GOOD + ",\"expiresAt\":\"2999-01-01T00:00:00Z\""));
    assertEquals(
        List.of("description", "scopes[1]"),
        wrong(
            "alice",
            "platform",
            "\"description\":\"d\",\"scopes\":[\"catalog:read\",\"catalog:write\"]"));
    assertEquals(
        "must name a ticket",
        api.as("alice")
            .post(
                SERVICE,
                body("n", "platform", "\"description\":\"d\",\"scopes\":[\"catalog:read\"]"))
            .expect(422)
            .message("description"));
    assertEquals(
        List.of("expiresInDays"), wrong("alice", "payments", GOOD + ",\"expiresInDays\":91"));
  }

  @Test
  void tokenWithinTheLimitsIsCreated() {
    JsonObject token =
        api.as("carol")
            .post(SERVICE, body("n", "platform", GOOD))
            .expect(201)
            .json()
            .getJsonObject("token");
    Duration life =
        Duration.between(
            Instant.parse(token.getString("createdAt")),
            Instant.parse(token.getString("expiresAt")));
    assertEquals(30, life.toDays());
    api.as("alice")
        .post(
            SERVICE, body("n", "payments", "\"description\":\"d\",\"scopes\":[\"catalog:write\"]"))
        .expect(201);
  }

  @Test
  void tooManyLiveTokensAreAConflict() {
    api.as("carol").post(SERVICE, body("a", "platform", GOOD)).expect(201);
    String id =
        api.as("carol")
            .post(SERVICE, body("b", "platform", GOOD))
            .expect(201)
            .json()
            .getJsonObject("token")
            .getString("id");
    ApiFixture.Answer answer =
        api.as("carol").post(SERVICE, body("c", "platform", GOOD)).expect(409);
    assertEquals("urn:problem-type:access-tokens:limit-reached", answer.json().getString("type"));
    assertEquals(List.of("groupEntityRef"), answer.fields());
    assertTrue(answer.message("groupEntityRef").contains("more than 2"), answer.text());
    api.as("carol").delete(SERVICE + '/' + id, "{\"reason\":\"r\"}").expect(204);
    api.as("carol").post(SERVICE, body("c", "platform", GOOD)).expect(201);
  }

  /** A caller who cannot create tokens for a group cannot read the limits of the group. */
  @Test
  void limitsOfInaccessibleGroupsAreNotDisclosed() {
    String over = "\"description\":\"d\",\"scopes\":[\"catalog:write\"],\"expiresInDays\":90";
    api.as("carol").post(SERVICE, body("n", "payments", over)).expect(403);
    api.as("alice").post(SERVICE, body("n", "platform", over)).expect(422);
    api.as("dave").post(SERVICE, body("n", "platform", over)).expect(403);
    api.as("carol").get(LIMITS + "payments").expect(403);
    api.as("bob").get(LIMITS + "platform").expect(403);
    api.anonymous().get(LIMITS + "platform").expect(401);
  }

  private static List<String> texts(JsonObject json, String field) {
    return json.getJsonArray(field).getValuesAs(JsonString::getString);
  }

  @Test
  void limitsOfAGroupAreReturned() {
    api.as("carol").post(SERVICE, body("a", "platform", GOOD)).expect(201);
    JsonObject limits = api.as("carol").get(LIMITS + "Group:platform").expect(200).json();
    assertEquals("group:default/platform", limits.getString("groupEntityRef"));
    assertEquals(30, limits.getInt("maxLifetimeDays"));
    assertEquals(30, limits.getInt("defaultLifetimeDays"));
    assertEquals(List.of("catalog:read", "techdocs:read"), texts(limits, "allowedScopes"));
    assertEquals(1, limits.getInt("liveTokens"));
    assertFalse(limits.containsKey("liveTokensIsLowerBound"), limits::toString);
    assertEquals(2, limits.getInt("maxLiveTokens"));
    assertEquals("[A-Z]+-", limits.getString("descriptionPattern"));
    assertEquals("must name a ticket", limits.getString("descriptionHint"));
    assertEquals(
        List.of("catalog:read", "techdocs:read", "access-tokens:service:read"),
        texts(api.as("alice").get(LIMITS + "platform").expect(200).json(), "allowedScopes"));
  }

  @Test
  void absentLimitsAreNull() {
    JsonObject limits = api.as("alice").get(LIMITS + "payments").expect(200).json();
    assertEquals(90, limits.getInt("maxLifetimeDays"));
    assertEquals(9, texts(limits, "allowedScopes").size());
    for (String field : List.of("maxLiveTokens", "descriptionPattern", "descriptionHint")) {
      assertEquals(JsonValue.NULL, limits.get(field), field);
    }
    api.store.lowerBound = true;
    JsonObject bounded = api.as("alice").get(LIMITS + "payments").expect(200).json();
    assertTrue(bounded.getBoolean("liveTokensIsLowerBound"), bounded::toString);
  }

  @Test
  void groupIsRequired() {
    for (String query :
        List.of("", "?groupEntityRef=", "?groupEntityRef=user:x", "?groupEntityRef=a/b/c")) {
      assertEquals(
          List.of("groupEntityRef"),
          api.as("alice").get(SERVICE + "/limits" + query).expect(400).fields(),
          query);
    }
    assertEquals(
        List.of("groupEntityRef"),
        api.as("alice").get(LIMITS + "platform&groupEntityRef=payments").expect(400).fields());
  }

  @Test
  void denialsAreLoggedWithTheirRule() {
    String id =
        api.as("alice")
            .post(SERVICE, body("n", "platform", GOOD))
            .expect(201)
            .json()
            .getJsonObject("token")
            .getString("id");
    api.denied.clear();
    api.as("carol").post(SERVICE, body("n", "payments", GOOD)).expect(403);
    api.as("carol").get(LIMITS + "payments").expect(403);
    String paymentsToken =
        api.as("alice")
            .post(SERVICE, body("n", "payments", GOOD))
            .expect(201)
            .json()
            .getJsonObject("token")
            .getString("id");
    api.as("carol").get(SERVICE + '/' + paymentsToken).expect(404);
    api.as("carol").get(SERVICE + '/' + paymentsToken + "/audit").expect(404);
    api.as("carol").delete(SERVICE + '/' + paymentsToken, "{\"reason\":\"r\"}").expect(404);
    api.as("carol").get(SERVICE + '/' + id).expect(200);
    api.as("carol")
        .post(
            SERVICE,
            body(
                "p",
                "platform",
                "\"description\":\"OPS-1\",\"scopes\":[\"access-tokens:service:read\"]"))
        .expect(403);
    assertEquals(
        List.of(
            "user:default/carol access-tokens:service:write own-groups",
            "user:default/carol access-tokens:service:write own-groups",
            "user:default/carol access-tokens:service:read own-groups",
            "user:default/carol access-tokens:service:read own-groups",
            "user:default/carol access-tokens:service:revoke own-groups",
            "user:default/carol access-tokens:service:read delegation"),
        api.denied);
  }
}
