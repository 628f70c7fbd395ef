package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.SlowClients;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.time.RunningTime;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests bodies that are not JSON, too large, or of another type or encoding. */
abstract class RequestBodyTopic extends Topic {

  /** The limit of 100 KB. */
  private static final int LARGEST = 100 * 1024;

  /** The containers contain different JSON parsers. JsonBodyTest tests more bodies. */
  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"", "{\"name\":\"a\"", "{}{}", "{\"name\":01}", "{\"name\":\"\n\"}"})
  void malformedJsonIsRejected(String body) {
    alice.post(PATH, body).problem(400);
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"[]", "null", "1", "true", "\"text\"", "[{\"name\":\"a\"}]"})
  void jsonOtherThanAnObjectIsRejected(String body) {
    alice.post(PATH, body).expectProblem().expectOneOf(400, 422);
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"ff", "c0af", "eda080", "c3", "f8888080"})
  void invalidUtf8IsRejected(String hex) {
    byte[] bytes = good().withText("description", "@@").json().getBytes(StandardCharsets.UTF_8);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    String wrong =
        text.replace("@@", new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1));
    alice
        .call("POST", PATH)
        .header("Content-Type", "application/json")
        .bytes(wrong.getBytes(StandardCharsets.ISO_8859_1))
        .send()
        .problem(400);
  }

  @Test
  void expensiveJsonIsRejectedInBoundedTime() {
    String deep = "[".repeat(45_000) + "]".repeat(45_000);
    alice.post(PATH, deep).expectProblem().expectOneOf(400, 422);
    alice.post(PATH, good().with("x", deep).json()).expectOneOf(201, 400, 422);
    alice.post(PATH, "{\"a\":".repeat(15_000)).problem(400);
    ApiResult number = alice.post(PATH, good().with("expiresInDays", "9".repeat(90_000)).json());
    number.expectProblem().expectOneOf(400, 422);
    TimeLimits.within(
        Duration.ofSeconds(5),
        () -> alice.post(PATH, good().with("expiresInDays", "1e999999999").json()).expectProblem());
    alice.post(PATH, "{\"name\":\"a\",\"name\":\"B\"}").expectProblem().expectOneOf(400, 422);
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "application/json", "application/json;charset=utf-8", "application/json; charset=UTF-8",
        "application/json; charset=\"utf-8\"", "APPLICATION/JSON",
            "Application/Json ; Charset=Utf-8"
      })
  void everySpellingOfTheJsonTypeIsAccepted(String contentType) {
    String description = "gr\u00fc\u00dfe \uD83D\uDD11";
    ApiResult answer =
        alice
            .call("POST", PATH)
            .header("Content-Type", contentType)
            .body(good().withText("description", description).json())
            .send();
    made(answer, description);
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "text/plain",
        "text/json",
        "text/html",
        "application/xml",
        "application/octet-stream",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "image/png"
      })
  void otherContentTypesAreRejected(String contentType) {
    alice
        .call("POST", PATH)
        .header("Content-Type", contentType)
        .body(good().json())
        .send()
        .problem(415);
    TestToken made = tokens.create();
    alice
        .call("DELETE", PATH + '/' + made.id())
        .header("Content-Type", contentType)
        .body(REASON)
        .send()
        .problem(415);
  }

  @Test
  void bodyWithoutAContentTypeIsRejected() {
    alice.call("POST", PATH).body(good().json()).send().problem(415);
    TestToken made = tokens.create();
    alice.call("DELETE", PATH + '/' + made.id()).body(REASON).send().problem(415);
    assertEquals("active", tokens.get(made.id()).getString("status"));
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"garbage", "application", "/", "application/json/x", ";;", "*/*"})
  void malformedContentTypeIsRejected(String contentType) {
    alice
        .call("POST", PATH)
        .header("Content-Type", contentType)
        .body(good().json())
        .send()
        .expectProblem()
        .expectOneOf(400, 415);
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"iso-8859-1", "utf-16", "utf-16le", "utf-32", "windows-1252", "nonsense"})
  void jsonWithACharsetIsReadAsUtf8OrRejected(String charset) {
    // RFC 8259 gives the charset parameter no meaning. No text may be stored garbled.
    String description = "gr\u00fc\u00dfe";
    ApiResult utf8 =
        alice
            .call("POST", PATH)
            .header("Content-Type", "application/json; charset=" + charset)
            .body(good().withText("description", description).json())
            .send();
    if (utf8.status() == 201) {
      made(utf8, description);
    } else {
      utf8.expectProblem().expectOneOf(400, 415);
    }
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-32"})
  void jsonInAnotherEncodingIsRejected(String charset) {
    alice
        .call("POST", PATH)
        .header("Content-Type", "application/json")
        .bytes(good().json().getBytes(Charset.forName(charset)))
        .send()
        .expectProblem()
        .expectOneOf(400, 415, 422);
  }

  @Test
  void bodyIsLimitedTo100Kilobytes() {
    made(alice.post(PATH, bodyOf(LARGEST)), null);
    alice.post(PATH, bodyOf(LARGEST + 1)).problem(413);
    byte[] atLimit = bodyOf(LARGEST).getBytes(StandardCharsets.UTF_8);
    byte[] beyond = bodyOf(LARGEST + 1).getBytes(StandardCharsets.UTF_8);
    made(chunked(atLimit), null);
    chunked(beyond).problem(413);
    String spaces = good().json();
    alice.post(PATH, spaces + " ".repeat(LARGEST)).problem(413);
    TestToken made = tokens.create();
    String reason = "{\"reason\":\"x\",\"pad\":\"" + "p".repeat(LARGEST) + "\"}";
    alice.delete(PATH + '/' + made.id(), reason).problem(413);
    assertEquals("active", tokens.get(made.id()).getString("status"));
  }

  @Test
  void tooLargeContentLengthIsRejected() {
    String request =
        "POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Basic YWxpY2U6YWxpY2U=\r\n"
                .formatted(PATH, application.socket().host())
            + "Content-Type: application/json\r\nConnection: close\r\n"
            + "Content-Length: 5000000000\r\n\r\n{\"name\":";
    application.socket().send(request).problem(413);
  }

  @Test
  void bodyThatArrivesInPartsIsRead() throws IOException {
    String body = good().json();
    try (Socket socket = application.socket().connect()) {
      write(socket, postHead("Connection: close\r\nContent-Length: " + body.length()));
      for (int i = 0; i < body.length(); i++) {
        write(socket, body.substring(i, i + 1));
      }
      made(application.socket().read(socket, "POST " + PATH), null);
    }
    try (Socket socket = application.socket().connect()) {
      write(socket, postHead("Connection: close\r\nTransfer-Encoding: chunked"));
      String another = good().json();
      for (int i = 0; i < another.length(); i++) {
        write(socket, "1\r\n" + another.charAt(i) + "\r\n");
      }
      write(socket, "0\r\n\r\n");
      made(application.socket().read(socket, "POST " + PATH), null);
    }
  }

  /**
   * A body that arrives some 100 microseconds after its head can arrive while the server prepares
   * to read it.
   */
  @Test
  void bodyThatArrivesShortlyAfterItsHeadIsRead() throws IOException {
    Random random = new Random(1);
    Map<Integer, Integer> statuses = new TreeMap<>();
    for (int connection = 0; connection < 16; connection++) {
      sendBodiesShortlyAfterTheirHeads(random, statuses);
    }
    assertEquals(Set.of(422), statuses.keySet(), statuses::toString);
    // If the machine stops during a request, its connection can be closed.
    assertTrue(statuses.getOrDefault(422, 0) >= 15 * 50, statuses::toString);
  }

  /**
   * Counts the statuses of 50 requests, or 0 for none. Ends early after a request that failed
   * during a stop of the machine, and does not count this request.
   */
  private void sendBodiesShortlyAfterTheirHeads(Random random, Map<Integer, Integer> statuses)
      throws IOException {
    try (Socket socket = application.socket().connect()) {
      socket.setTcpNoDelay(true);
      for (int i = 0; i < 50; i++) { // servers close a connection after 100 requests
        RunningTime time = RunningTime.start();
        int status = statusOfBodyShortlyAfterItsHead(socket, random);
        if (status != 422 && time.wasStopped()) {
          return;
        }
        statuses.merge(status, 1, Integer::sum);
      }
    }
  }

  private int statusOfBodyShortlyAfterItsHead(Socket socket, Random random) throws IOException {
    try {
      write(socket, postHead("Content-Length: 2"));
      LockSupport.parkNanos(random.nextInt(300_000));
      write(socket, "{}");
      return application
          .socket()
          .readIfAny(socket, "POST " + PATH)
          .map(ApiResult::status)
          .orElse(0);
    } catch (SocketException e) {
      return 0; // the connection was reset
    }
  }

  /** Otherwise the server would wait for the body before it reads the next request. */
  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {"Expect: 100-continue\r\nContent-Length: 1000", "Content-Length: 3000000"})
  void connectionIsClosedAfterTheResponseIfTheBodyIsUnread(String headers) throws IOException {
    try (Socket socket = application.socket().connect()) {
      write(
          socket,
          "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n\r\n"
              .formatted(
                  application.socket().target("/health/live"),
                  application.socket().host(),
                  headers));
      ApiResult answer = application.socket().read(socket, "GET /health/live");
      if (answer.status() == 100) {
        answer = application.socket().read(socket, "GET /health/live");
      }
      answer.expect(200);
      assertEquals("close", answer.headerLine("Connection"));
    }
  }

  @Test
  void incompleteBodiesAreLimitedPerAddress() throws IOException {
    TimeLimits.repeatAfterStop(
        () ->
            assertTrue(
                incompleteBodiesWithinTheShareAreKept(), "bodies within the share were cut off"));
  }

  private boolean incompleteBodiesWithinTheShareAreKept() throws IOException {
    int share = 50;
    String half = postHead("Content-Length: 100") + "{\"name\"";
    try (SlowClients clients = application.socket().slowClients(share + 1)) {
      clients.send(half);
      // A container may keep the connection open a little longer.
      Awaitility.await().until(() -> clients.count("HTTP/1.1 429 ") == 1);
      boolean areOpen = clients.open() >= share; // until the deadline
      made(alice.post(PATH, good().json()), null); // from the same address
      return areOpen;
    }
  }

  private String postHead(String headers) {
    return "POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Basic YWxpY2U6YWxpY2U=\r\n"
            .formatted(application.socket().target(PATH), application.socket().host())
        + "Content-Type: application/json\r\n"
        + headers
        + "\r\n\r\n";
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private ApiResult chunked(byte[] body) {
    return alice.call("POST", PATH).header("Content-Type", "application/json").chunked(body).send();
  }

  private static String bodyOf(int bytes) {
    TokenRequest request = good().with("pad", "\"\"");
    int missing = bytes - request.json().length();
    return request.withText("pad", "p".repeat(missing)).json();
  }

  private void made(ApiResult answer, @Nullable String description) {
    answer.expect(201);
    alice.exchanges().addRawToken(answer.json().getString("rawToken"));
    if (description != null) {
      assertEquals(description, answer.json().getJsonObject("token").getString("description"));
    }
  }
}
