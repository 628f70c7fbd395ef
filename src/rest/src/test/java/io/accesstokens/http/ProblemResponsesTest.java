package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.http.problem.ForbiddenRequestException;
import io.accesstokens.http.problem.Problem;
import io.accesstokens.http.problem.Problems;
import io.accesstokens.token.policy.Violation;
import jakarta.json.Json;
import jakarta.json.JsonReader;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ProblemResponsesTest {

  private static final String READER = "[\"access-tokens:service:read\"]";

  private final ApiFixture api = new ApiFixture();

  @Test
  void anonymousRequestIs401WithEveryChallenge() {
    for (String path :
        List.of(
            ApiFixture.SERVICE,
            ApiFixture.SERVICE + "/scopes",
            ApiFixture.SERVICE + "/x",
            ApiFixture.WHOAMI)) {
      assertEquals(
          "Bearer realm=\"access-tokens\",Basic realm=\"test\"",
          api.anonymous().get(path).expect(401).header("WWW-Authenticate"));
    }
    api.anonymous().post(ApiFixture.SERVICE, "garbage").expect(401);
  }

  @Test
  void everyBadTokenGetsTheSame401() {
    String good = api.create("n", READER).getString("rawToken");
    List<ApiFixture.Answer> answers =
        List.of(
            api.with("").get(ApiFixture.WHOAMI),
            api.with("junk").get(ApiFixture.WHOAMI),
            api.with(good + "x").get(ApiFixture.WHOAMI),
            api.with("bsat_0000000000000000000000000000000000000").get(ApiFixture.WHOAMI),
            api.anonymous().header("Authorization", "bearer").get(ApiFixture.WHOAMI),
            api.anonymous()
                .header("Authorization", "Bearer " + good, "Basic alice")
                .get(ApiFixture.WHOAMI),
            api.anonymous()
                .header("Authorization", "Basic alice", "Bearer " + good)
                .get(ApiFixture.WHOAMI));
    for (ApiFixture.Answer answer : answers) {
      answer.expect(401);
      assertEquals(answers.get(0).text(), answer.text());
      assertEquals(answers.get(0).response().getHeaders(), answer.response().getHeaders());
    }
    api.anonymous().header("Authorization", "bEARER  " + good).get(ApiFixture.WHOAMI).expect(200);
  }

  @Test
  void missingPermissionIsNamedBeforeTheRequestIsRead() {
    ApiFixture.Answer answer = api.as("bob").post(ApiFixture.SERVICE, "garbage").expect(403);
    assertTrue(
        answer.json().getString("error").contains("access-tokens:service:write"), answer::text);
    api.as("dave").get(ApiFixture.SERVICE + "?limit=x").expect(403);
    api.as("dave").get(ApiFixture.SERVICE + "/x").expect(403);
    api.as("bob").delete(ApiFixture.SERVICE + "/x", "garbage").expect(403);
  }

  @Test
  void missingScopeIsNamedInTheChallenge() {
    String reader = api.create("reader", READER).getString("rawToken");
    api.with(reader).get(ApiFixture.SERVICE).expect(200);
    ApiFixture.Answer answer = api.with(reader).post(ApiFixture.SERVICE, "{}").expect(403);
    assertEquals(
        "Bearer realm=\"access-tokens\", error=\"insufficient_scope\","
            + " scope=\"access-tokens:service:write\"",
        answer.header("WWW-Authenticate"));
    String writer = api.create("writer", "[\"access-tokens:service:write\"]").getString("rawToken");
    answer =
        api.with(writer)
            .post(ApiFixture.SERVICE, ApiFixture.body("made", "[\"catalog:read\"]"))
            .expect(403);
    assertEquals(
        "Bearer realm=\"access-tokens\", error=\"insufficient_scope\", scope=\"catalog:read\"",
        answer.header("WWW-Authenticate"));
  }

  @Test
  void conflictsHaveTheirOwnProblemType() {
    api.create("n", READER);
    ApiFixture.Answer taken =
        api.as("alice").post(ApiFixture.SERVICE, ApiFixture.body("n", READER)).expect(409);
    assertEquals(Problem.NAME_TAKEN, taken.json().getString("type"));
  }

  @Test
  void outageIs503WithRetryAfterAndNever401() {
    String raw = api.create("n", READER).getString("rawToken");
    api.store.failure = ListTokenStore.outage();
    for (ApiFixture.Answer answer :
        List.of(
            api.with(raw).get(ApiFixture.WHOAMI),
            api.as("bob").get(ApiFixture.SERVICE),
            api.as("alice").post(ApiFixture.SERVICE, ApiFixture.body("m", READER)))) {
      assertEquals("1", answer.expect(503).header("Retry-After"));
      assertFalse(answer.text().contains("secret"), answer::text);
    }
    api.store.failure = null;
    api.directoryUp = false;
    assertNotNull(
        api.as("alice")
            .post(ApiFixture.SERVICE, ApiFixture.body("m", READER))
            .expect(503)
            .header("Retry-After"));
  }

  @Test
  void failureReportsOnlyAReference() {
    api.store.failure = new IllegalStateException("jdbc:secret");
    ApiFixture.Answer answer = api.as("bob").get(ApiFixture.SERVICE).expect(500);
    assertTrue(
        answer
            .json()
            .getString("error")
            .matches("internal error; give the reference [0-9a-f-]{36} to the operator, .*"),
        answer::text);
    assertFalse(answer.text().contains("secret"), answer::text);
  }

  @Test
  void onlyAReasonForTheClientIsInTheResponse() {
    assertEquals("send a header", errorOf(new ForbiddenRequestException("send a header")));
    assertEquals("this request is not permitted", errorOf(new ForbiddenException("jdbc:secret")));
  }

  @Test
  void errorsOfTheRuntimeKeepTheHeadersForTheClient() {
    assertEquals("1", response(new ServiceUnavailableException()).getHeaderString("Retry-After"));
    Response full = response(new ServiceUnavailableException(7L));
    assertEquals("7", full.getHeaderString("Retry-After"));
    for (String name : List.of("Accept-Patch", "Retry-After", "RateLimit-Policy", "RateLimit")) {
      Response refused = Response.status(429).header(name, "text").header("Server", "x").build();
      Response response = response(new ClientErrorException(refused));
      assertEquals("text", response.getHeaderString(name), name);
      assertNull(response.getHeaderString("Server"), name);
    }
  }

  private static Response response(RuntimeException thrown) {
    return new Problems(headers -> List.of()).of(thrown, new MultivaluedHashMap<>(), null);
  }

  private static String errorOf(ForbiddenException thrown) {
    Response response = response(thrown);
    assertEquals(403, response.getStatus());
    try (JsonReader json =
        Json.createReader(new ByteArrayInputStream((byte[]) response.getEntity()))) {
      return json.readObject().getString("error");
    }
  }

  @Test
  void routingErrorsAreProblems() {
    for (String path :
        List.of(
            "",
            "nothing",
            "access-tokens",
            ApiFixture.SERVICE + "/a/b",
            ApiFixture.SERVICE + "/a/audit/b",
            "application.wadl")) {
      api.as("alice").get(path).expect(404);
      api.anonymous().get(path).expect(404);
    }
    ApiFixture.Answer answer = api.as("alice").send("PUT", ApiFixture.SERVICE, null).expect(405);
    for (String method : List.of("GET", "POST", "HEAD", "OPTIONS")) {
      assertTrue(String.valueOf(answer.header("Allow")).contains(method), answer.header("Allow"));
    }
    api.as("alice").post(ApiFixture.SERVICE + "/scopes", "{}").expect(405);
    api.as("alice").header("Accept", "text/html").get(ApiFixture.SERVICE).expect(406);
    api.as("alice")
        .header("Accept", "application/problem+json")
        .get(ApiFixture.SERVICE)
        .expect(406);
    for (String accept :
        List.of("*/*", "application/*;q=0.1", "text/html, application/json;q=0.5")) {
      api.as("alice").header("Accept", accept).get(ApiFixture.SERVICE).expect(200);
    }
    for (String accept : List.of("x", "/", "application/json;q=x", ",,,;", "\"")) {
      int status = api.as("alice").header("Accept", accept).get(ApiFixture.SERVICE).status();
      assertTrue(status == 400 || status == 406, accept + " " + status);
    }
    for (String path : List.of("nothing", ApiFixture.SERVICE)) {
      api.as("alice")
          .header("Accept", "image/png")
          .get(path)
          .expect(path.equals("nothing") ? 404 : 406);
    }
  }

  @Test
  void headAndOptionsWork() {
    ApiFixture.Answer head = api.as("bob").send("HEAD", ApiFixture.SERVICE, null).expect(200);
    assertEquals("application/json", head.header("Content-Type"));
    assertEquals("", head.text());
    api.anonymous().send("HEAD", ApiFixture.SERVICE, null);
    ApiFixture.Answer options = api.anonymous().send("OPTIONS", ApiFixture.SERVICE, null);
    assertTrue(options.status() == 200 || options.status() == 204, "status " + options.status());
    assertTrue(String.valueOf(options.header("Allow")).contains("POST"), options.header("Allow"));
    api.anonymous().send("OPTIONS", ApiFixture.SERVICE + "/x", null).expect(options.status());
  }

  @Test
  void problemIsShortAndEscaped() {
    Problem problem =
        Problem.invalidFields(
            Collections.nCopies(5_000, new Violation("a\"\\\n\u00E9", "m".repeat(399))));
    byte[] json = problem.toJson();
    assertTrue(json.length < 2_000, json.length + " bytes");
    String text = new String(json, StandardCharsets.US_ASCII);
    assertTrue(text.contains("\"field\":\"a\\\"\\\\\\u000a\\u00e9\""), text);
    for (int status : List.of(400, 404, 414, 422, 429, 431, 499, 500, 505)) {
      String ofStatus = new String(Problem.ofStatus(status).toJson(), StandardCharsets.UTF_8);
      assertTrue(ofStatus.contains("\"status\":" + status), ofStatus);
    }
    assertEquals(500, Problem.internal(new UUID(0, 0)).status());
  }
}
