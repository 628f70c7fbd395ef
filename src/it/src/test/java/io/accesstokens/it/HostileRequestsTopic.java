package io.accesstokens.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ApiResult;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests requests that no client would send: unusual paths, invalid lines and headers, broken
 * chunks.
 */
abstract class HostileRequestsTopic extends Topic {

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "/api/..%2fWEB-INF/web.xml",
        "//WEB-INF/web.xml",
        "/./WEB-INF/web.xml",
        "/WEB-INF;x/web.xml",
        "/%57EB-INF/web.xml",
        "/io;a/accesstokens/app/boot/Main.class",
        "/io/accesstokens/app/boot/Main.class/",
        "/io/accesstokens/app/boot/Main%2eclass",
        "/IO/accesstokens/app/boot/Main.class",
        "/x/../io/accesstokens/app/boot/Main.class",
        "/api/../io/accesstokens/app/boot/Main.class",
        "/a%00b",
        "/api/%zz",
        "/api/%",
        "/api/%ff",
        "/api/x?%zz",
        "/api/<script>",
        "/api/a\\b"
      })
  void unusualPathIsNotServed(String path) {
    ServerRejection.PATH.check(application, raw("GET " + path + " HTTP/1.1", BASIC), 400, 404);
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"/%2e%2e/WEB-INF/web.xml", "/..;/WEB-INF/web.xml"})
  void pathTraversalIsNotServed(String path) {
    ServerRejection.OUTSIDE.check(application, raw("GET " + path + " HTTP/1.1", BASIC), 400, 404);
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "GET /api HTTP/9.9",
        "GET /api http/1.1",
        "GET /a b HTTP/1.1",
        "G\u0001T /api HTTP/1.1",
        "GET /api\u0000 HTTP/1.1",
        "GET /api HTTP/1.1x",
        "GET /api HTTPS/1.1"
      })
  void malformedRequestLineHasTheCommonErrorFormat(String line) {
    ServerRejection.REQUEST_LINE.check(application, raw(line, ""), 400, 404, 505);
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"GET", "GET /api", "GET  /api HTTP/1.1 x", "nonsense", "{\"json\":1}"})
  void requestLineWithoutAProtocolHasAJsonError(String line) {
    // HTTP/0.9 has no status and no headers, so a response may consist of a body alone.
    String answer = ServerRejection.REQUEST_LINE.exchange(application, line + "\r\n\r\n");
    if (application.isStandalone()) {
      String body = answer.substring(answer.indexOf('{'));
      assertTrue(body.contains("\"status\":40"), answer);
      assertTrue(body.length() <= 2000, answer);
    }
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "Host: bad host",
        "Host: a b",
        "Host: [::1",
        "Host: x:y:z",
        "Host: 127.0.0.1:99999999",
        "Host: a\r\nHost: b",
        "Content-Length: -1",
        "Content-Length: x",
        "Content-Length: 1\r\nContent-Length: 2",
        "Transfer-Encoding: nonsense",
        "Expect: nonsense",
        "Transfer-Encoding: chunked\r\nContent-Length: 3",
        ": empty",
        "no colon",
        "a b: c",
        "X: a\u0000b",
        "X-Request-Id: a\u0000b",
        "traceparent: a\u0000b"
      })
  void malformedHeaderHasTheCommonErrorFormat(String headers) {
    String host = headers.startsWith("Host") ? "" : "Host: " + application.socket().host() + "\r\n";
    ApiResult answer =
        application
            .socket()
            .send(
                "POST %s HTTP/1.1\r\n%s%s\r\n%sContent-Type: application/json\r\nConnection: close\r\n\r\n0\r\n\r\n"
                    .formatted(PATH, host, headers, BASIC));
    // 401 is allowed because sample users can sign in only under a name of this machine.
    ServerRejection.HEADER.check(application, answer, 400, 401, 411, 413, 417, 422, 501);
  }

  @Test
  void hostHeaderIsRequired() {
    ApiResult answer = application.socket().send("GET /api HTTP/1.1\r\nConnection: close\r\n\r\n");
    ServerRejection.HEADER.check(application, answer, 400);
  }

  @Test
  void tooLargeHeaderHasTheCommonErrorFormat() {
    String line = "GET " + WHOAMI + " HTTP/1.1";
    tooLarge(raw(line, "X: " + "x".repeat(100_000) + "\r\n"), 400, 431);
    tooLarge(raw("GET /" + "x".repeat(100_000) + " HTTP/1.1", ""), 400, 414, 431);
    tooLarge(raw(line, "X: y\r\n".repeat(20_000)), 400, 431);
    tooLarge(raw(line, "Authorization: Bearer " + "x".repeat(50_000) + "\r\n"), 400, 401, 431);
  }

  private void tooLarge(ApiResult answer, Integer... expected) {
    ServerRejection.LARGE_HEAD.check(application, answer, expected);
    if (application.isStandalone()) {
      assertTrue(answer.text().contains("URL or headers are too long"), answer::toString);
    }
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"zz\r\n", "-1\r\n", "FFFFFFFFFFFFFFFFFF\r\nx", "5\r\n{}\r\n0\r\n\r\n"})
  void malformedChunksAreRejected(String body) throws IOException {
    String head =
        "POST %s HTTP/1.1\r\nHost: %s\r\n%sContent-Type: application/json\r\n"
            .formatted(application.socket().target(PATH), application.socket().host(), BASIC);
    try (Socket socket = application.socket().connect()) {
      socket
          .getOutputStream()
          .write(
              (head + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + body)
                  .getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      ServerRejection.CHUNKS.check(
          application, application.socket().readIfAny(socket, "POST " + PATH), 400, 413);
    }
  }
}
