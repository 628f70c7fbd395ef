package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.Violation;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AnswerErrorsTest {

  private static final String READER = "[\"access-tokens:service:read\"]";

  private final Api api = new Api();

  @Test
  void withoutACallerItIs401WithEveryChallenge() {
    for (String path :
        List.of(Api.SERVICE, Api.SERVICE + "/scopes", Api.SERVICE + "/x", Api.WHOAMI)) {
      assertEquals(
          "Bearer realm=\"access-tokens\",Basic realm=\"test\"",
          api.anonymous().get(path).expect(401).header("WWW-Authenticate"));
    }
    api.anonymous().post(Api.SERVICE, "garbage").expect(401);
  }

  @Test
  void everyBadTokenGetsTheSame401() {
    String good = api.create("n", READER).getString("rawToken");
    List<Api.Answer> answers =
        List.of(
            api.with("").get(Api.WHOAMI),
            api.with("junk").get(Api.WHOAMI),
            api.with(good + "x").get(Api.WHOAMI),
            api.with("bsat_0000000000000000000000000000000000000").get(Api.WHOAMI),
            api.anonymous().header("Authorization", "bearer").get(Api.WHOAMI),
            api.anonymous()
                .header("Authorization", "Bearer " + good, "Basic alice")
                .get(Api.WHOAMI),
            api.anonymous()
                .header("Authorization", "Basic alice", "Bearer " + good)
                .get(Api.WHOAMI));
    for (Api.Answer answer : answers) {
      answer.expect(401);
      assertEquals(answers.get(0).text(), answer.text());
      assertEquals(answers.get(0).response().getHeaders(), answer.response().getHeaders());
    }
    api.anonymous().header("Authorization", "bEARER  " + good).get(Api.WHOAMI).expect(200);
  }

  @Test
  void aMissingPermissionIsNamedBeforeTheRequestIsLookedAt() {
    Api.Answer answer = api.as("bob").post(Api.SERVICE, "garbage").expect(403);
    assertTrue(answer.json().getString("error").contains("access-tokens:service:write"));
    api.as("dave").get(Api.SERVICE + "?limit=x").expect(403);
    api.as("dave").get(Api.SERVICE + "/x").expect(403);
    api.as("bob").delete(Api.SERVICE + "/x", "garbage").expect(403);
  }

  @Test
  void aTokenThatLacksAScopeIsTold() {
    String reader = api.create("reader", READER).getString("rawToken");
    api.with(reader).get(Api.SERVICE).expect(200);
    Api.Answer answer = api.with(reader).post(Api.SERVICE, "{}").expect(403);
    assertEquals(
        "Bearer realm=\"access-tokens\", error=\"insufficient_scope\","
            + " scope=\"access-tokens:service:write\"",
        answer.header("WWW-Authenticate"));
    String writer = api.create("writer", "[\"access-tokens:service:write\"]").getString("rawToken");
    answer = api.with(writer).post(Api.SERVICE, Api.body("made", "[\"catalog:read\"]")).expect(403);
    assertEquals(
        "Bearer realm=\"access-tokens\", error=\"insufficient_scope\", scope=\"catalog:read\"",
        answer.header("WWW-Authenticate"));
  }

  @Test
  void conflictsHaveTypesOfTheirOwn() {
    api.create("n", READER);
    Api.Answer taken = api.as("alice").post(Api.SERVICE, Api.body("n", READER)).expect(409);
    assertEquals(Problem.NAME_TAKEN, taken.json().getString("type"));
  }

  @Test
  void anOutageIs503WithRetryAfterAndNever401() {
    String raw = api.create("n", READER).getString("rawToken");
    api.store.failure = ListTokenStore.outage();
    for (Api.Answer answer :
        List.of(
            api.with(raw).get(Api.WHOAMI),
            api.as("bob").get(Api.SERVICE),
            api.as("alice").post(Api.SERVICE, Api.body("m", READER)))) {
      assertEquals("1", answer.expect(503).header("Retry-After"));
      assertFalse(answer.text().contains("secret"));
    }
    api.store.failure = null;
    api.directoryUp = false;
    assertNotNull(
        api.as("alice").post(Api.SERVICE, Api.body("m", READER)).expect(503).header("Retry-After"));
  }

  @Test
  void aFailureIsABareReference() {
    api.store.failure = new IllegalStateException("jdbc:secret");
    Api.Answer answer = api.as("bob").get(Api.SERVICE).expect(500);
    assertTrue(answer.json().getString("error").matches("internal error, reference [0-9a-f-]{36}"));
    assertFalse(answer.text().contains("secret"));
  }

  @Test
  void whatRoutingRefusesIsAProblem() {
    for (String path :
        List.of(
            "",
            "nothing",
            "access-tokens",
            Api.SERVICE + "/a/b",
            Api.SERVICE + "/a/audit/b",
            "application.wadl")) {
      api.as("alice").get(path).expect(404);
      api.anonymous().get(path).expect(404);
    }
    Api.Answer answer = api.as("alice").send("PUT", Api.SERVICE, null).expect(405);
    for (String method : List.of("GET", "POST", "HEAD", "OPTIONS")) {
      assertTrue(String.valueOf(answer.header("Allow")).contains(method), answer.header("Allow"));
    }
    api.as("alice").post(Api.SERVICE + "/scopes", "{}").expect(405);
    api.as("alice").header("Accept", "text/html").get(Api.SERVICE).expect(406);
    api.as("alice").header("Accept", "application/problem+json").get(Api.SERVICE).expect(406);
    for (String accept :
        List.of("*/*", "application/*;q=0.1", "text/html, application/json;q=0.5")) {
      api.as("alice").header("Accept", accept).get(Api.SERVICE).expect(200);
    }
    for (String accept : List.of("x", "/", "application/json;q=x", ",,,;", "\"")) {
      int status = api.as("alice").header("Accept", accept).get(Api.SERVICE).status();
      assertTrue(status == 400 || status == 406, accept + " " + status);
    }
    for (String path : List.of("nothing", Api.SERVICE)) {
      api.as("alice")
          .header("Accept", "image/png")
          .get(path)
          .expect(path.equals("nothing") ? 404 : 406);
    }
  }

  @Test
  void headAndOptionsWork() {
    Api.Answer head = api.as("bob").send("HEAD", Api.SERVICE, null).expect(200);
    assertEquals("application/json", head.header("Content-Type"));
    assertEquals("", head.text());
    api.anonymous().send("HEAD", Api.SERVICE, null);
    Api.Answer options = api.anonymous().send("OPTIONS", Api.SERVICE, null);
    assertTrue(options.status() == 200 || options.status() == 204);
    assertTrue(String.valueOf(options.header("Allow")).contains("POST"));
    api.anonymous().send("OPTIONS", Api.SERVICE + "/x", null).expect(options.status());
  }

  @Test
  void aProblemIsShortAndEscaped() {
    Problem problem =
        Problem.invalidFields(
            Collections.nCopies(5_000, new Violation("a\"\\\n\u00E9", "m".repeat(399))));
    byte[] json = problem.toJson();
    assertTrue(json.length < 2_000);
    String text = new String(json, StandardCharsets.US_ASCII);
    assertTrue(text.contains("\"field\":\"a\\\"\\\\\\u000a\\u00e9\""), text);
    for (int status : List.of(400, 404, 414, 422, 429, 431, 499, 500, 505)) {
      assertTrue(
          new String(Problem.ofStatus(status).toJson(), StandardCharsets.UTF_8)
              .contains("\"status\":" + status));
    }
    assertEquals(500, Problem.internal(new UUID(0, 0)).status());
  }
}
