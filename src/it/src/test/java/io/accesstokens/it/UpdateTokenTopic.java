package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static io.accesstokens.testing.client.TokenRequest.quote;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.accesstokens.testing.Parallel;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import jakarta.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests changes of tokens (PATCH) and their events in the audit log. */
abstract class UpdateTokenTopic extends Topic {

  private static final String MERGE_PATCH = "application/merge-patch+json";
  private static final int MANY = 20;

  private static String scopes(String... scopes) {
    return "{\"scopes\":[\"" + String.join("\",\"", scopes) + "\"]}";
  }

  private static String description(String text) {
    return "{\"description\":" + quote(text) + '}';
  }

  private static String expiry(Instant at) {
    return "{\"expiresAt\":\"" + at + "\"}";
  }

  private ApiResult verify(TestToken made, String scope) {
    return anonymous.bearer(made.rawToken()).get(VerifyTopic.VERIFY + "?scope=" + scope);
  }

  private JsonObject lastEvent(TestToken made) {
    return tokens.events(made.id()).get(0);
  }

  private List<String> events(TestToken made) {
    return tokens.events(made.id()).stream().map(event -> event.getString("event")).toList();
  }

  @Test
  void descriptionIsChanged() {
    TestToken made = tokens.create();
    String before = made.token().getString("description");
    JsonObject changed = tokens.update(made.id(), description("For the weekly report"));
    assertEquals("For the weekly report", changed.getString("description"));
    assertEquals(changed, tokens.get(made.id()));
    for (String member : made.token().keySet()) {
      if (!member.equals("description")) {
        assertEquals(made.token().get(member), changed.get(member), member);
      }
    }
    JsonObject event = lastEvent(made);
    assertEquals("updated", event.getString("event"));
    assertEquals("user:default/alice", event.getString("actor"));
    JsonObject metadata = event.getJsonObject("metadata");
    assertEquals("description", metadata.getString("fields"));
    assertEquals(before, metadata.getString("description.old"));
    assertEquals("For the weekly report", metadata.getString("description.new"));
    assertEquals(3, metadata.size(), metadata::toString);
  }

  @Test
  void severalFieldsAreChangedTogether() {
    TestToken made = tokens.create(good().scopes("catalog:read", "techdocs:read"));
    Instant end = Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.SECONDS);
    JsonObject changed =
        tokens.update(
            made.id(),
            "{\"description\":\"d\",\"scopes\":[\"catalog:read\",\"catalog:read\"],\"expiresAt\":\""
                + end
                + "\"}");
    assertEquals("[\"catalog:read\"]", "" + changed.get("scopes"));
    assertEquals(end, Instant.parse(changed.getString("expiresAt")));
    assertEquals("expiring", changed.getString("status"));
    JsonObject metadata = lastEvent(made).getJsonObject("metadata");
    assertEquals("description scopes expiresAt", metadata.getString("fields"));
    assertEquals("catalog:read techdocs:read", metadata.getString("scopes.old"));
    assertEquals("catalog:read", metadata.getString("scopes.new"));
    assertEquals(made.token().get("expiresAt"), metadata.get("expiresAt.old"));
    assertEquals(changed.get("expiresAt"), metadata.get("expiresAt.new"));
    List<String> found = ids(alice(PATH + "?status=expiring&limit=500"));
    assertTrue(found.contains(made.id()), "the token is listed as expiring");
  }

  private List<JsonObject> alice(String path) {
    return ServiceTokens.objects(alice.get(path).ok(), "tokens");
  }

  @Test
  void removedScopeIsRefusedFromTheResponseOn() {
    for (int i = 0; i < 10; i++) {
      TestToken made = tokens.create(good().scopes("catalog:read", "catalog:write"));
      verify(made, "catalog:write").expect(204);
      tokens.update(made.id(), scopes("catalog:read"));
      verify(made, "catalog:write").problem(403);
      verify(made, "catalog:read").expect(204);
    }
  }

  @Test
  void addedScopeIsAcceptedFromTheResponseOn() {
    for (int i = 0; i < 10; i++) {
      TestToken made = tokens.create(good().scopes("catalog:read"));
      verify(made, "techdocs:read").problem(403);
      tokens.update(made.id(), scopes("catalog:read", "techdocs:read"));
      verify(made, "techdocs:read").expect(204);
    }
  }

  @Test
  void earlierExpiryIsInEffect() throws InterruptedException {
    TestToken made = usedAfterAnEarlierExpiry();
    made.awaitExpiry();
    anonymous.bearer(made.rawToken()).get(WHOAMI).problem(401);
    assertEquals("expired", tokens.get(made.id()).getString("status"));
    tokens.tryUpdate(made.id(), description("too late")).problem(409);
    tokens.tryUpdate(made.id(), "{}").problem(409);
  }

  /**
   * Creates a token, changes its expiry, and uses it before the new expiry. On a busy machine, this
   * can take longer than the remaining lifetime. Then uses another token, with more time.
   */
  private TestToken usedAfterAnEarlierExpiry() {
    for (int seconds = 2; ; seconds *= 2) {
      TestToken made = tokens.create();
      anonymous.bearer(made.rawToken()).get(WHOAMI).ok();
      Instant end = Instant.now().plusSeconds(seconds).truncatedTo(ChronoUnit.MILLIS);
      ApiResult change = tokens.tryUpdate(made.id(), expiry(end));
      ApiResult use = anonymous.bearer(made.rawToken()).get(WHOAMI);
      if (use.status() == 200 && change.status() == 200) {
        assertEquals(end, Instant.parse(use.json().getString("expiresAt")), "the new expiry");
        return new TestToken(change.json(), made.rawToken());
      }
      assertTrue(Instant.now().isAfter(end), () -> change + ", " + use);
    }
  }

  @Test
  void revokedTokenIsAConflict() {
    TestToken made = tokens.create();
    tokens.revoke(made.id());
    tokens.tryUpdate(made.id(), description("too late")).problem(409);
    tokens.tryUpdate(made.id(), "{}").problem(409);
    assertEquals(List.of("revoked", "created"), events(made));
  }

  @Test
  void unchangedTokenHasNoEvent() {
    TestToken made = tokens.create(good().scopes("catalog:read"));
    JsonObject token = tokens.get(made.id());
    for (String same :
        List.of(
            "{}",
            description(token.getString("description")),
            scopes("catalog:read"),
            scopes("catalog:read", "catalog:read"),
            expiry(Instant.parse(token.getString("expiresAt"))),
            "{\"unknown\":1,\"Description\":2,\"\":null}")) {
      assertEquals(token, tokens.update(made.id(), same), same);
    }
    assertEquals(List.of("created"), events(made));
  }

  static Stream<Arguments> badFields() {
    String later = "9999-01-01T00:00:00Z";
    return Stream.of(
        arguments("description", "null"),
        arguments("description", "\"\""),
        arguments("description", "\" \\t\""),
        arguments("description", "1"),
        arguments("description", "[\"d\"]"),
        arguments("description", "\"\\u0000\""),
        arguments("description", "\"\\ud800\""),
        arguments("description", Named.of("501 characters", '"' + "x".repeat(501) + '"')),
        arguments("scopes", "null"),
        arguments("scopes", "[]"),
        arguments("scopes", "{}"),
        arguments("scopes", "\"catalog:read\""),
        arguments("scopes", "[null]"),
        arguments("scopes", "[\"catalog:read\",1]"),
        arguments("scopes", "[[\"catalog:read\"]]"),
        arguments("scopes", "[\"nothing:read\"]"),
        arguments("scopes", "[\"CATALOG:READ\"]"),
        arguments("scopes", "[\"access-tokens:service:write\"]"),
        arguments("expiresAt", "null"),
        arguments("expiresAt", "0"),
        arguments("expiresAt", "\"tomorrow\""),
        arguments("expiresAt", "\"2030-01-01T00:00:00\""),
        arguments("expiresAt", "\"2020-01-01T00:00:00Z\""),
        arguments("expiresAt", '"' + later + '"'),
        arguments("expiresAt", "\"+999999999-12-31T23:59:59-18:00\""),
        arguments("name", "\"other\""),
        arguments("name", "null"),
        arguments("groupEntityRef", "\"group:default/payments\""),
        arguments("id", "\"" + NO_ID + "\""),
        arguments("createdAt", '"' + later + '"'),
        arguments("createdBy", "\"user:default/dave\""),
        arguments("expiresInDays", "1"),
        arguments("lastUsedAt", "null"),
        arguments("revokedAt", "null"),
        arguments("status", "\"active\""),
        arguments("tokenPrefix", "\"bsat_abcdefg\""),
        arguments("secretCreatedAt", '"' + later + '"'),
        arguments("lifetimeSeconds", "86400"),
        arguments("previousSecret", "null"));
  }

  @ParameterizedTest(name = "[{index}] {0}: {1}")
  @MethodSource("badFields")
  void wrongFieldIsRejected(String field, String value) {
    TestToken made = tokens.create();
    tokens.tryUpdate(made.id(), "{\"" + field + "\":" + value + '}').violates(field);
    assertEquals(made.token(), tokens.get(made.id()));
    assertEquals(List.of("created"), events(made));
  }

  @Test
  void allWrongFieldsAreReportedTogetherAndNothingIsChanged() {
    TestToken made = tokens.create();
    ApiResult answer =
        tokens.tryUpdate(
            made.id(),
            "{\"description\":\"good\",\"name\":\"x\",\"scopes\":[],\"expiresAt\":\"never\"}");
    answer.problem(422);
    assertEquals(List.of("name", "scopes", "expiresAt"), answer.violatedFields());
    assertEquals(made.token(), tokens.get(made.id()));
  }

  @Test
  void bothMediaTypesAreAccepted() {
    TestToken made = tokens.create();
    for (String type : List.of(MERGE_PATCH, "application/json", MERGE_PATCH + "; charset=utf-8")) {
      send(made, type, description(type)).ok();
      assertEquals(type, tokens.get(made.id()).getString("description"));
    }
    for (String type :
        List.of(
            "text/plain",
            "application/json-patch+json",
            MERGE_PATCH + "; charset=utf-16",
            "application/x-www-form-urlencoded")) {
      send(made, type, description("other")).problem(415);
    }
    alice
        .call("PATCH", PATH + '/' + made.id())
        .body(description("without a type"))
        .send()
        .problem(415);
  }

  private ApiResult send(TestToken made, String type, String body) {
    return alice
        .call("PATCH", PATH + '/' + made.id())
        .header("Content-Type", type)
        .body(body)
        .send();
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"", "{", "[]", "null", "\"x\"", "{}{}", "{\"scopes\":[],\"scopes\":[]}"})
  void malformedBodyIsRejected(String body) {
    TestToken made = tokens.create();
    send(made, MERGE_PATCH, body).expectProblem().expectOneOf(400);
  }

  @Test
  void callerNeedsThePermissionOnTheGroup() {
    TestToken made = tokens.create(good().of(PAYMENTS));
    String path = PATH + '/' + made.id();
    for (Api caller : List.of(bob, dave)) {
      caller.call("PATCH", path).json(description("x")).send().problem(403);
    }
    anonymous.call("PATCH", path).json(description("x")).send().problem(401);
    anonymous
        .bearer(made.rawToken())
        .call("PATCH", path)
        .json(description("x"))
        .send()
        .problem(403);
    carol.call("PATCH", path).json(description("x")).send().problem(404);
    carol.call("PATCH", PATH + '/' + NO_ID).json("{}").send().problem(404);
    alice.call("PATCH", PATH + "/nope").json("{}").send().problem(404);
    TestToken own = tokens.create();
    carol.call("PATCH", PATH + '/' + own.id()).json(description("mine")).send().ok();
    assertEquals("user:default/carol", lastEvent(own).getString("actor"));
    assertEquals(List.of("created"), events(made));
  }

  @Test
  void updatesAreFoundInTheAuditLog() {
    TestToken made = tokens.create();
    tokens.update(made.id(), description("found"));
    List<JsonObject> found =
        ServiceTokens.objects(
            alice.get("/api/access-tokens/service/audit?event=updated&limit=500").ok(), "events");
    assertTrue(
        found.stream().anyMatch(event -> event.getString("tokenId").equals(made.id())),
        "the event is in the audit log of all tokens");
    assertTrue(
        found.stream().allMatch(event -> event.getString("event").equals("updated")),
        "only updates are listed");
  }

  @Test
  void parallelUpdatesFollowOneAnother() throws Exception {
    AtomicReference<TestToken> last = new AtomicReference<>();
    List<ApiResult> answers =
        Race.undisturbed(
            () -> {
              TestToken token = tokens.create();
              last.set(token);
              return Race.of(MANY, i -> tokens.tryUpdate(token.id(), description("version " + i)));
            });
    TestToken made = Objects.requireNonNull(last.get());
    assertEquals(Collections.nCopies(MANY, 200), answers.stream().map(ApiResult::status).toList());
    List<JsonObject> events = tokens.events(made.id());
    assertEquals(MANY + 1, events.size());
    String before = tokens.get(made.id()).getString("description");
    for (JsonObject event : events.subList(0, MANY)) {
      JsonObject metadata = event.getJsonObject("metadata");
      assertEquals(before, metadata.getString("description.new"));
      before = metadata.getString("description.old");
    }
    assertEquals(made.token().getString("description"), before);
  }

  @Test
  void equalParallelUpdatesHaveOneEvent() throws Exception {
    TestToken made = tokens.create(good().scopes("catalog:read", "catalog:write"));
    List<ApiResult> answers =
        Parallel.run(MANY, i -> tokens.tryUpdate(made.id(), scopes("catalog:read")));
    assertEquals(Collections.nCopies(MANY, 200), answers.stream().map(ApiResult::status).toList());
    assertEquals(List.of("updated", "created"), events(made));
    verify(made, "catalog:write").problem(403);
  }

  @Test
  void updateNeverUndoesARevocation() throws Exception {
    for (int round = 0; round < 3; round++) {
      AtomicReference<TestToken> last = new AtomicReference<>();
      List<ApiResult> answers =
          Race.undisturbed(
              () -> {
                TestToken token = tokens.create();
                last.set(token);
                Race race =
                    Race.of(
                        MANY,
                        i ->
                            i == MANY / 2
                                ? tokens.tryRevoke(token.id())
                                : tokens.tryUpdate(token.id(), description("version " + i)));
                if (race.answers().get(MANY / 2).status() == 204) {
                  assertEquals("revoked", tokens.get(token.id()).getString("status"));
                  anonymous.bearer(token.rawToken()).get(WHOAMI).problem(401);
                }
                return race;
              });
      TestToken made = Objects.requireNonNull(last.get());
      answers.get(MANY / 2).expect(204);
      long changed = answers.stream().filter(answer -> answer.status() == 200).count();
      long refused = answers.stream().filter(answer -> answer.status() == 409).count();
      assertEquals(MANY - 1, changed + refused);
      assertEquals(changed, Collections.frequency(events(made), "updated"));
      assertEquals(1, Collections.frequency(events(made), "revoked"));
    }
  }
}
