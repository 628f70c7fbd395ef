package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.TestToken;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the revocation of several tokens by one call. */
abstract class RevokeManyTopic extends Topic {

  private static final String REVOKE = PATH + "/revoke";

  private static ApiResult revoke(Api as, String... ids) {
    JsonArrayBuilder array = Json.createArrayBuilder();
    Arrays.stream(ids).forEach(array::add);
    return as.post(
        REVOKE,
        Json.createObjectBuilder()
            .add("ids", array)
            .add("reason", "  they leaked  ")
            .build()
            .toString());
  }

  private static List<String> ids(JsonObject answer, String outcome) {
    return answer.getJsonArray(outcome).getValuesAs(JsonString::getString);
  }

  @Test
  void outcomeOfEachTokenIsReported() {
    TestToken one = tokens.create();
    TestToken two = tokens.create(good().of(PAYMENTS));
    TestToken dead = tokens.create();
    tokens.revoke(dead.id());
    anonymous.bearer(one.rawToken()).get(WHOAMI).ok();
    anonymous.bearer(two.rawToken()).get(WHOAMI).ok();
    JsonObject answer =
        revoke(alice, two.id(), NO_ID, dead.id(), one.id(), two.id().toUpperCase(Locale.ROOT)).ok();
    assertEquals(List.of(two.id(), one.id()), ids(answer, "revoked"));
    assertEquals(List.of(dead.id()), ids(answer, "alreadyRevoked"));
    assertEquals(List.of(NO_ID), ids(answer, "notFound"));
    for (TestToken made : List.of(one, two)) {
      anonymous.bearer(made.rawToken()).get(WHOAMI).problem(401);
      assertEquals("revoked", tokens.get(made.id()).getString("status"));
      JsonObject event = tokens.events(made.id()).get(0);
      assertEquals("revoked", event.getString("event"));
      assertEquals("user:default/alice", event.getString("actor"));
      assertEquals("they leaked", event.getJsonObject("metadata").getString("reason"));
    }
    assertEquals(2, tokens.events(dead.id()).size());
    tokens.create(good().named(one.name()));
  }

  @Test
  void tokenOfAnotherGroupIsNotFoundAndNotRevoked() {
    TestToken own = tokens.create();
    TestToken theirs = tokens.create(good().of(PAYMENTS));
    JsonObject answer = revoke(carol, theirs.id(), own.id()).ok();
    assertEquals(List.of(own.id()), ids(answer, "revoked"));
    assertEquals(List.of(theirs.id()), ids(answer, "notFound"));
    anonymous.bearer(theirs.rawToken()).get(WHOAMI).ok();
  }

  @Test
  void callNeedsTheRevokePermission() {
    String id = tokens.create().id();
    revoke(anonymous, id).problem(401);
    revoke(bob, id).problem(403);
    revoke(dave, id).problem(403);
    alice.get(REVOKE).problem(405);
    bob.post(REVOKE, "nonsense").problem(403);
    assertEquals(1, tokens.events(id).size());
  }

  @Test
  void fortyTokensAreRevokedByOneCall() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      ids.add(tokens.create().id());
    }
    assertEquals(ids, ids(revoke(alice, ids.toArray(String[]::new)).ok(), "revoked"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|ids,reason",
        "{\"ids\":null,\"reason\":\"r\"}|ids",
        "{\"ids\":[],\"reason\":\"r\"}|ids",
        "{\"ids\":\"x\",\"reason\":\"r\"}|ids",
        "{\"ids\":[\"x\"],\"reason\":\"r\"}|ids",
        "{\"ids\":[7],\"reason\":\"r\"}|ids",
        "{\"ids\":[null],\"reason\":\"r\"}|ids",
        "{\"ids\":[\"" + NO_ID + "\"]}|reason",
        "{\"ids\":[\"" + NO_ID + "\"],\"reason\":\"  \"}|reason",
        "{\"ids\":[\"" + NO_ID + "\"],\"reason\":[]}|reason",
        "{\"ids\":[\"" + NO_ID + "\",1],\"reason\":7}|ids,reason"
      })
  void wrongFieldsAreReported(String body, String fields) {
    ApiResult answer = alice.post(REVOKE, body).problem(422);
    assertEquals(List.of(fields.split(",")), answer.violatedFields().stream().sorted().toList());
  }

  @Test
  void tooManyTokensAreRejectedWithoutChanges() {
    TestToken made = tokens.create();
    String[] ids = new String[501];
    Arrays.fill(ids, made.id());
    revoke(alice, ids).violates("ids");
    revoke(alice, made.id(), "nonsense").violates("ids");
    anonymous.bearer(made.rawToken()).get(WHOAMI).ok();
  }
}
