package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests HTTP itself: methods, paths, and requests that no client would send. */
abstract class ProtocolTopic extends Topic {

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "PUT,    ''",
    "PATCH,  ''",
    "DELETE, ''",
    "PUT,    /{id}",
    "PATCH,  /{id}/audit",
    "POST,   /{id}",
    "POST,   /{id}/audit",
    "DELETE, /{id}/audit",
    "POST,   /scopes",
    "PUT,    /scopes",
  })
  void unsupportedMethodIsRejected(String method, String path) {
    String target = PATH + path.replace("{id}", NO_ID);
    ApiResult answer = alice.call(method, target).json(good().json()).send().problem(405);
    assertTrue(answer.headerLine("Allow").contains("GET"), answer::toString);
    assertFalse(answer.headerLine("Allow").contains(method), answer::toString);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "/service/{id}/rotate,           POST",
    "/service/{id}/previous-secret,  DELETE",
    "/personal/{id}/rotate,          POST",
    "/personal/{id}/previous-secret, DELETE",
    "/rotate,                        POST",
  })
  void resourceWithoutGetRejectsOtherMethods(String path, String only) {
    String target = "/api/access-tokens" + path.replace("{id}", NO_ID);
    for (String method : new String[] {"GET", "PUT", "PATCH", "POST", "DELETE"}) {
      if (!method.equals(only)) {
        ApiResult answer = alice.call(method, target).send().problem(405);
        assertTrue(answer.headerLine("Allow").contains(only), answer::toString);
        assertFalse(answer.headerLine("Allow").contains(method), answer::toString);
      }
    }
    alice.call("HEAD", target).send().expect(405);
    for (var caller : new Api[] {anonymous, alice, dave}) {
      ApiResult answer = caller.call("OPTIONS", target).send().expectOneOf(200, 204);
      assertTrue(answer.headerLine("Allow").contains(only), answer::toString);
    }
  }

  @Test
  void unknownMethodIsRejected() {
    for (String method : new String[] {"FOO", "PROPFIND", "get"}) {
      raw(method + ' ' + WHOAMI + " HTTP/1.1", BASIC).expectProblem().expectOneOf(400, 405, 501);
    }
    ServerRejection.METHOD.check(
        application, raw("TRACE " + WHOAMI + " HTTP/1.1", BASIC), 400, 405, 501);
    String connect = "CONNECT " + WHOAMI + " HTTP/1.1";
    if (application.mayIgnoreNonHttp()) {
      ServerRejection.METHOD.exchange(application, connect + "\r\nHost: x\r\n\r\n");
    } else {
      ServerRejection.METHOD.check(application, raw(connect, BASIC), 400, 405, 501);
    }
    alice.call("POST", WHOAMI).json("{}").send().problem(405);
    alice.call("DELETE", WHOAMI).send().problem(405);
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "/api",
        "/api/",
        "/api/nope",
        "/api/access-tokens",
        "/api/access-tokens/nope",
        "/api/access-tokens/service/" + NO_ID + "/nope",
        "/api/access-tokens/whoami/nope",
        "/api/access-tokens/service/" + NO_ID + "/audit/1",
        "/api/ACCESS-TOKENS/whoami",
        "/api/%F0%9F%94%91",
        "/nope",
        "/nope/nope.html",
        "/health/nope",
        "/index.jsp",
        "/WEB-INF/web.xml",
        "/web-inf/web.xml",
        "/WEB-INF/classes/",
        "/META-INF/MANIFEST.MF",
        "/META-INF/context.xml",
        "/io/accesstokens/app/boot/Main.class",
        "/io/accesstokens/app/boot/",
        "/io",
        "/WEB-INF/launcher/picocli.jar",
        "/manager/html",
        "/.env",
        "/favicon.ico.bak"
      })
  void unknownPathIsNotFound(String path) {
    alice.get(path).problem(404);
    assertEquals(0, alice.call("HEAD", path).send().expect(404).length());
  }

  @Test
  void headEqualsGetWithoutTheBody() {
    String id = tokens.create().id();
    for (String path :
        new String[] {
          PATH, PATH + "/scopes", PATH + '/' + id, PATH + '/' + id + "/audit", WHOAMI
        }) {
      ApiResult head = alice.call("HEAD", path).send().expect(200);
      assertEquals(0, head.length());
      assertEquals(alice.get(path).headerLine("Content-Type"), head.headerLine("Content-Type"));
      anonymous.call("HEAD", path).send().expect(401);
      dave.call("HEAD", path).send().expect(path.equals(WHOAMI) ? 200 : 403);
    }
    alice.call("HEAD", PATH + '/' + NO_ID).send().expect(404);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "'',            'GET,POST'",
    "/{id},         'GET,PATCH,DELETE'",
    "/{id}/audit,   'GET'",
    "/scopes,       'GET'",
  })
  void optionsListsTheMethodsOfAPath(String path, String methods) {
    String target = PATH + path.replace("{id}", NO_ID);
    for (var caller : new Api[] {anonymous, alice, dave}) {
      ApiResult answer = caller.call("OPTIONS", target).send().expectOneOf(200, 204);
      for (String method : methods.split(",", -1)) {
        assertTrue(answer.headerLine("Allow").contains(method), answer::toString);
      }
      assertEquals(
          methods.contains("PATCH")
              ? List.of("application/merge-patch+json, application/json")
              : List.of(),
          answer.headers("Accept-Patch"));
    }
  }

  @Test
  void patchOfAnotherMediaTypeNamesTheAcceptedTypes() {
    for (String type : List.of("text/plain", "application/json-patch+json")) {
      ApiResult answer =
          alice
              .call("PATCH", PATH + '/' + NO_ID)
              .header("Content-Type", type)
              .body("{}")
              .send()
              .expect(415);
      answer.problem(415);
      assertEquals(
          "application/merge-patch+json, application/json", answer.headerLine("Accept-Patch"));
      assertEquals(
          "the body must be application/merge-patch+json or application/json in UTF-8 without a"
              + " content coding",
          answer.json().getString("error"));
    }
  }

  @Test
  void expectContinueIsSupported() throws IOException {
    String body = good().json();
    try (Socket socket = application.socket().connect()) {
      String head =
          "POST %s HTTP/1.1\r\nHost: %s\r\n%sContent-Type: application/json\r\nExpect: 100-continue\r\n"
              .formatted(application.socket().target(PATH), application.socket().host(), BASIC);
      String rest = "Content-Length: %d\r\nConnection: close\r\n\r\n".formatted(body.length());
      socket.getOutputStream().write((head + rest).getBytes(StandardCharsets.ISO_8859_1));
      assertEquals(100, application.socket().read(socket, "POST " + PATH).status());
      socket.getOutputStream().write(body.getBytes(StandardCharsets.ISO_8859_1));
      ApiResult answer = application.socket().read(socket, "POST " + PATH).expect(201);
      alice.exchanges().addRawToken(answer.json().getString("rawToken"));
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws IOException {
    String one =
        "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n"
            .formatted(application.socket().target(WHOAMI), application.socket().host(), BASIC);
    String two =
        "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
            .formatted(application.socket().target("/api/nope"), application.socket().host());
    try (Socket socket = application.socket().connect()) {
      socket.getOutputStream().write((one + two).getBytes(StandardCharsets.ISO_8859_1));
      application.socket().read(socket, "GET " + WHOAMI).ok();
      application.socket().read(socket, "GET /api/nope").problem(404);
    }
  }

  @Test
  void responsesNameNoServerSoftware() {
    List<String> paths = new ArrayList<>(List.of("/nope", "/api/nope", WHOAMI));
    if (application.isStandalone()) {
      paths.add(PATH + "/%zz");
    }
    for (String path : paths) {
      ApiResult answer = raw("GET " + path + " HTTP/1.1", "");
      String all = answer.everything().toLowerCase(Locale.ROOT);
      for (String word : new String[] {"tomcat", "jersey", "weld", "java.", "exception", "\tat "}) {
        assertFalse(all.contains(word), () -> word + " in " + answer);
      }
    }
  }

  @Test
  void healthReportsLivenessAndReadiness() {
    for (String path : new String[] {"/health/live", "/health/ready"}) {
      anonymous.get(path).expect(200);
      anonymous.call("HEAD", path).send().expect(200);
      anonymous.call("POST", path).json("{}").send().expectProblem().expectOneOf(405);
      anonymous.bearer("garbage").get(path).expect(200);
    }
  }

  /** Jersey and Payara would log up to 38 KB of stack traces for each client. */
  @Test
  void clientsThatDisconnectAreNotLogged() throws IOException {
    String metrics = request("GET", "/metrics", BASIC);
    String unknown = request("GET", "/unknown", "");
    String incomplete =
        request(
            "POST",
            "/api/access-tokens/session",
            "Content-Type: application/json\r\nContent-Length: 99\r\nExpect: 100-continue\r\n");
    long before = stackTraceLines(application.log());
    for (int i = 0; i < 20; i++) {
      // The server writes the later responses to a closed connection.
      sendAndDisconnect(metrics.repeat(10));
      sendAndDisconnect(unknown.repeat(10));
      sendAndDisconnect(incomplete);
    }
    Awaitility.await()
        .during(Duration.ofSeconds(1))
        .until(
            () -> {
              String log = application.log();
              assertEquals(before, stackTraceLines(log), log);
              return true;
            });
  }

  private String request(String method, String path, String headers) {
    return "%s %s HTTP/1.1\r\nHost: %s\r\n%s\r\n"
        .formatted(method, application.socket().target(path), application.socket().host(), headers);
  }

  private void sendAndDisconnect(String requests) throws IOException {
    try (Socket client = new Socket()) {
      client.setReceiveBufferSize(1024);
      client.setSoLinger(true, 0);
      client.setSoTimeout(30_000);
      client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), application.port()));
      client.getOutputStream().write(requests.getBytes(StandardCharsets.ISO_8859_1));
      assertEquals('H', client.getInputStream().read());
    }
  }

  /** Tomcat and {@code java -jar} write one more tab before these lines than Payara does. */
  private static long stackTraceLines(String log) {
    return log.lines()
        .filter(line -> line.contains("\tat ") || line.contains("ServerRuntime$Responder"))
        .count();
  }

  /** Operators would take messages about ignored resources for errors. */
  @Test
  void logReportsNoIgnoredResources() throws IOException {
    assertFalse(application.log().contains("any provider interfaces"), application::toString);
  }
}
