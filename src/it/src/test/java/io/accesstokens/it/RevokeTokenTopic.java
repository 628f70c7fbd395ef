package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static io.accesstokens.testing.client.TokenRequest.quote;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests revocation and its events in the audit log. */
abstract class RevokeTokenTopic extends Topic {

  private static final String EMOJI = "\uD83D\uDD11";

  @Test
  void tokenIsRejectedFromTheResponseOn() {
    for (int i = 0; i < 10; i++) {
      TestToken made = tokens.create();
      anonymous.bearer(made.rawToken()).get(WHOAMI).ok();
      ApiResult answer = tokens.tryRevoke(made.id()).expect(204);
      anonymous.bearer(made.rawToken()).get(WHOAMI).problem(401);
      assertEquals(0, answer.length());
    }
  }

  @Test
  void tokenHasTheActorAndTimeOfItsRevocation() {
    TestToken made = tokens.create();
    Instant before = Instant.now().minusMillis(1);
    tokens.revoke(made.id());
    JsonObject token = tokens.get(made.id());
    assertEquals("revoked", token.getString("status"));
    assertEquals("user:default/alice", token.getString("revokedBy"));
    Instant revokedAt = Instant.parse(token.getString("revokedAt"));
    assertFalse(revokedAt.isBefore(before), () -> revokedAt + " is before " + before);
    assertFalse(revokedAt.isAfter(Instant.now()), () -> revokedAt + " is in the future");
    assertTrue(token.getString("revokedAt").matches(".*T.*\\.\\d{3}Z"), token::toString);
  }

  @Test
  void secondRevocationIsAConflict() {
    TestToken made = tokens.create();
    tokens.revoke(made.id());
    JsonObject once = tokens.get(made.id());
    tokens.tryRevoke(made.id()).problem(409);
    alice.delete(PATH + '/' + made.id(), "{\"reason\":\"again\"}").problem(409);
    assertEquals(once, tokens.get(made.id()));
    assertEquals(2, tokens.events(made.id()).size());
  }

  @Test
  void expiredTokenIsRevoked() throws InterruptedException {
    TestToken made =
        tokens.createExpiring(
            good(), token -> anonymous.bearer(token.rawToken()).get(WHOAMI).status() == 200);
    made.awaitExpiry();
    anonymous.bearer(made.rawToken()).get(WHOAMI).problem(401);
    assertEquals("expired", tokens.get(made.id()).getString("status"));
    tokens.revoke(made.id());
    assertEquals("revoked", tokens.get(made.id()).getString("status"));
  }

  @Test
  void nameIsAvailableAfterRevocation() {
    String name = TokenRequest.newName();
    TestToken first = tokens.create(good().named(name));
    tokens.tryCreate(good().named(name)).problem(409);
    tokens.create(good().named(name).of(PAYMENTS));
    tokens.revoke(first.id());
    TestToken second = tokens.create(good().named(name));
    assertNotEquals(first.id(), second.id());
    anonymous.bearer(first.rawToken()).get(WHOAMI).problem(401);
    assertEquals(
        second.id(), anonymous.bearer(second.rawToken()).get(WHOAMI).ok().getString("tokenId"));
    tokens.revoke(second.id());
    TestToken third = tokens.create(good().named(name));
    assertEquals("revoked", tokens.get(first.id()).getString("status"));
    assertEquals("revoked", tokens.get(second.id()).getString("status"));
    assertEquals("active", tokens.get(third.id()).getString("status"));
  }

  static Stream<Arguments> badReasons() {
    return Stream.of(
            "{}",
            "{\"reason\":null}",
            "{\"reason\":\"\"}",
            "{\"reason\":\"  \"}",
            "{\"reason\":\"\\t\\n\"}",
            "{\"reason\":\"\\u00a0\"}",
            "{\"reason\":1}",
            "{\"reason\":true}",
            "{\"reason\":[]}",
            "{\"reason\":[\"x\"]}",
            "{\"reason\":{}}",
            "{\"Reason\":\"x\"}",
            "{\"reason\":\"" + "x".repeat(501) + "\"}",
            "{\"reason\":\"" + EMOJI.repeat(501) + "\"}")
        .map(body -> arguments(Named.of(body.length() > 60 ? "501 characters" : body, body)));
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @MethodSource("badReasons")
  void wrongReasonIsRejected(String body) {
    TestToken made = tokens.create();
    alice.delete(PATH + '/' + made.id(), body).violates("reason");
    assertEquals("active", tokens.get(made.id()).getString("status"));
    anonymous.bearer(made.rawToken()).get(WHOAMI).ok();
  }

  static Stream<Arguments> goodReasons() {
    return Stream.of(
            "x",
            "  leaked in a log \n",
            "x".repeat(500),
            " ".repeat(300) + "x".repeat(500) + " ".repeat(300),
            EMOJI.repeat(500),
            "\"<b>'; --\\",
            "\u0645\u0631\u062d\u0628\u0627")
        .map(text -> arguments(Named.of(text.length() > 60 ? "500 of them" : text, text)));
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @MethodSource("goodReasons")
  void reasonIsStoredTrimmed(String reason) {
    TestToken made = tokens.create();
    alice.delete(PATH + '/' + made.id(), "{\"reason\":" + quote(reason) + '}').expect(204);
    JsonObject event = tokens.events(made.id()).get(0);
    assertEquals(reason.strip(), event.getJsonObject("metadata").getString("reason"));
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"{", "nonsense"})
  void malformedBodyIsRejected(String body) {
    TestToken made = tokens.create();
    alice.delete(PATH + '/' + made.id(), body).expectProblem().expectOneOf(400);
  }

  @Test
  void requestWithoutABodyNamesTheMissingReason() {
    TestToken made = tokens.create();
    alice.call("DELETE", PATH + '/' + made.id()).send().problem(422).violates("reason");
    alice.delete(PATH + '/' + made.id(), "").problem(422).violates("reason");
    assertEquals("active", tokens.get(made.id()).getString("status"));
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        NO_ID,
        "nope",
        "0",
        "-1",
        "null",
        "%20",
        "%00",
        "..%2F..%2Fetc",
        "%F0%9F%94%91",
        "'%20or%201=1--",
        "00000000-0000-4000-8000-00000000000",
        "00000000-0000-4000-8000-0000000000000",
        "1-1-1-1-1",
        "g0000000-0000-4000-8000-000000000000"
      })
  void unknownTokenIsNotFound(String id) {
    List<ApiResult> answers =
        List.of(
            alice.get(PATH + '/' + id),
            alice.delete(PATH + '/' + id, REASON),
            alice.get(PATH + '/' + id + "/audit"));
    for (ApiResult answer : answers) {
      if (id.contains("%2F") || id.contains("%00")) {
        ServerRejection.PATH.check(application, answer, 404, 400);
      } else {
        answer.problem(404);
      }
    }
  }

  @Test
  void eachChangeHasAnEventNewestFirst() {
    TestToken made = tokens.create();
    tokens.revoke(made.id());
    JsonObject page = alice.get(PATH + '/' + made.id() + "/audit").ok();
    assertEquals(2, page.getInt("total"));
    assertEquals(0, page.getInt("offset"));
    assertTrue(page.getInt("limit") > 0, page::toString);
    List<JsonObject> events = tokens.events(made.id());
    assertEquals(
        List.of("revoked", "created"), events.stream().map(e -> e.getString("event")).toList());
    for (JsonObject event : events) {
      assertTrue(
          event
              .keySet()
              .containsAll(List.of("id", "tokenId", "event", "actor", "metadata", "occurredAt")),
          event::toString);
      assertEquals(made.id(), event.getString("tokenId"));
      assertEquals("user:default/alice", event.getString("actor"));
      assertTrue(event.getString("occurredAt").matches(".*T.*\\.\\d{3}Z"), event::toString);
    }
    assertEquals("{\"reason\":\"no longer needed\"}", "" + events.get(0).get("metadata"));
    assertEquals("{}", "" + events.get(1).get("metadata"));
    assertEquals(made.token().getString("createdAt"), events.get(1).getString("occurredAt"));
    assertEquals(
        tokens.get(made.id()).getString("revokedAt"), events.get(0).getString("occurredAt"));
  }

  @Test
  void auditEventsArePaged() {
    TestToken made = tokens.create();
    tokens.revoke(made.id());
    String path = PATH + '/' + made.id() + "/audit";
    JsonObject first = alice.get(path + "?limit=1").ok();
    assertEquals("revoked", first.getJsonArray("events").getJsonObject(0).getString("event"));
    assertEquals(1, first.getJsonArray("events").size());
    assertEquals(2, first.getInt("total"));
    JsonObject second = alice.get(path + "?limit=1&offset=1").ok();
    assertEquals("created", second.getJsonArray("events").getJsonObject(0).getString("event"));
    assertEquals(1, second.getInt("offset"));
    assertEquals(0, alice.get(path + "?offset=2").ok().getJsonArray("events").size());
    assertEquals(0, alice.get(path + "?limit=0").ok().getJsonArray("events").size());
    assertEquals(2, alice.get(path + "?limit=&offset=").ok().getJsonArray("events").size());
    alice.get(path + "?limit=500").ok();
    for (String query : List.of("limit=501", "limit=-1", "limit=x", "offset=-1", "offset=x")) {
      alice.get(path + '?' + query).problem(400);
    }
  }
}
