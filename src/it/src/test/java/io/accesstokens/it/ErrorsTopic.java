package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.TokenRequest;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that errors are short, have the common format and never echo input. */
abstract class ErrorsTopic extends Topic {

  /** A word that the application never produces itself. */
  private static final String ECHO = "zqxjkvbp";

  static Stream<Arguments> failures() {
    return Stream.of(
        arguments(400, "GET", PATH + "?limit=x", ""),
        arguments(400, "GET", "/api" + ";x".repeat(1_000), ""),
        arguments(401, "GET", PATH, "Authorization: Bearer bsat_x\r\n"),
        arguments(401, "GET", PATH, "Authorization: Basic eDp4\r\n"),
        arguments(403, "GET", PATH, "Authorization: Basic ZGF2ZTpkYXZl\r\n"),
        arguments(404, "GET", PATH + '/' + NO_ID, ""),
        arguments(404, "GET", "/api/nothing", ""),
        arguments(404, "GET", "/nothing", ""),
        arguments(404, "GET", "/WEB-INF/web.xml", ""),
        arguments(405, "PUT", PATH, "Content-Length: 0\r\n"),
        arguments(405, "POST", "/admin/access-tokens", "Content-Length: 0\r\n"),
        arguments(406, "GET", PATH, "Accept: image/png\r\n"),
        arguments(415, "POST", PATH, "Content-Type: text/plain\r\nContent-Length: 0\r\n"));
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("failures")
  void everyProblemHasTheIdOfItsTrace(int status, String method, String path, String headers) {
    String id = "4bf92f3577b34da6a3ce929d0e0e4736";
    String credential = headers.startsWith("Authorization") ? "" : BASIC;
    ApiResult answer =
        raw(
            method + ' ' + path + " HTTP/1.1",
            "traceparent: 00-" + id + "-00f067aa0ba902b7-01\r\n" + credential + headers);
    assertEquals(id, answer.problem(status).json().getString("traceId"));
    assertEquals(id, answer.headerLine("X-Request-Id"));
  }

  static Stream<Arguments> fields() {
    return Stream.of(
            "name", "description", "groupEntityRef", "scopes", "expiresAt", "expiresInDays")
        .flatMap(
            field ->
                Stream.of(
                        '"' + ECHO + "_A" + " ".repeat(600) + '"',
                        "[\"" + ECHO + "\"]",
                        "{\"" + ECHO + "\":\"" + ECHO + "\"}",
                        "\"" + ECHO + "\\u0000" + "x".repeat(50_000) + '"')
                    .map(value -> arguments(field, value.substring(0, 8), value)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("fields")
  void doesNotRepeatAFieldsValue(String field, String shown, String value) {
    noEcho(alice.post(PATH, good().with(field, value).json()));
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "zqxjkvbp",
        "{zqxjkvbp",
        "{\"zqxjkvbp\"",
        "{\"name\":zqxjkvbp}",
        "[\"zqxjkvbp\"]",
        "\"zqxjkvbp\"",
        "{\"zqxjkvbp\":1}",
        "{\"name\":\"zqxjkvbp\u0001\"}",
        "{\"a\":\"zqxjkvbp"
      })
  void doesNotRepeatABody(String body) {
    noEcho(alice.post(PATH, body));
    noEcho(alice.delete(PATH + '/' + NO_ID, body));
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "/api/zqxjkvbp",
        "/zqxjkvbp",
        "/api/access-tokens/service/zqxjkvbp",
        "/api/access-tokens/service?limit=zqxjkvbp",
        "/api/access-tokens/service?offset=zqxjkvbp",
        "/api/access-tokens/service?status=zqxjkvbp",
        "/api/access-tokens/service?after=zqxjkvbp",
        "/api/access-tokens/service/zqxjkvbp/audit",
        "/WEB-INF/zqxjkvbp"
      })
  void doesNotRepeatAPathOrAQuery(String path) {
    noEcho(alice.get(path));
    noEcho(alice.get(path.contains("?") ? path : path + "?x=" + ECHO));
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "Authorization",
        "Accept",
        "Content-Type",
        "Origin",
        "Sec-Fetch-Site",
        "Cookie",
        "X-Request-Id",
        "Accept-Language",
        "Forwarded",
        "X-HTTP-Method-Override"
      })
  void doesNotRepeatAHeader(String header) {
    Api.Call call = anonymous.call("POST", PATH);
    noEcho(call.header(header, ECHO + '/' + ECHO).body("{}").send());
    Api.Call known = alice.call("POST", PATH);
    if (!header.equals("Authorization")) {
      noEcho(known.header(header, ECHO + '/' + ECHO).body("{}").send());
    }
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "zqxjkvbp",
        "GET zqxjkvbp",
        "zqxjkvbp /api HTTP/1.1",
        "GET /zqx<jkvbp>zqxjkvbp HTTP/1.1",
        "GET /api HTTP/zqxjkvbp"
      })
  void doesNotRepeatABadRequestLine(String line) {
    String request = line + "\r\nHost: zqxjkvbp bad\r\nConnection: close\r\n\r\n";
    String answer = ServerRejection.REQUEST_LINE.exchange(application, request);
    if (application.isStandalone()) {
      assertFalse(answer.toLowerCase(Locale.ROOT).contains(ECHO), answer);
    }
  }

  @Test
  void doesNotRepeatACredential() {
    noEcho(anonymous.bearer(ECHO).get(PATH));
    noEcho(anonymous.basic(ECHO, ECHO).get(PATH));
    noEcho(anonymous.authorization(ECHO).get(PATH));
  }

  @Test
  void errorStaysShortWithManyViolations() {
    String scopes = "[" + "\"zqxjkvbp\",".repeat(7000) + "1]";
    noEcho(alice.post(PATH, good().with("scopes", scopes).json()));
    String allWrong =
        "{\"name\":1,\"description\":2,\"groupEntityRef\":3,\"scopes\":%s,\"expiresAt\":4,\"expiresInDays\":\"5\"}"
            .formatted("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26]");
    alice.post(PATH, allWrong).problem(422);
  }

  @Test
  void conflictRepeatsNoInput() throws IOException {
    String name = TokenRequest.newName();
    var made = tokens.create(good().named(name));
    ApiResult taken = tokens.tryCreate(good().named(name)).problem(409);
    assertFalse(taken.text().contains(name), taken::toString);
    tokens.revoke(made.id());
    ApiResult revoked = tokens.tryRevoke(made.id()).problem(409);
    assertFalse(revoked.text().contains(made.id()), revoked::toString);
    // The log lines of Hibernate would contain the values of the statement.
    assertFalse(application.log().contains("SqlExceptionHelper"), application::toString);
  }

  @Test
  void errorsAreNotPubliclyCacheable() {
    for (ApiResult answer : new ApiResult[] {anonymous.get(PATH), alice.get(PATH + '/' + NO_ID)}) {
      assertFalse(answer.headerLine("Cache-Control").contains("public"), answer::toString);
    }
  }

  private static void noEcho(ApiResult answer) {
    answer.expectProblem();
    assertFalse(answer.everything().toLowerCase(Locale.ROOT).contains(ECHO), answer::toString);
    assertTrue(answer.status() < 500, answer::toString);
  }
}
