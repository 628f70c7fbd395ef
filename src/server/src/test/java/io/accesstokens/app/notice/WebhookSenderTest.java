package io.accesstokens.app.notice;

import static io.accesstokens.app.notice.Deliveries.NOON;
import static io.accesstokens.app.notice.Deliveries.webhook;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.outbound.WebhookTarget;
import io.accesstokens.notice.Channel;
import io.accesstokens.notice.Notice;
import io.accesstokens.notice.NoticeEvent;
import io.accesstokens.notice.SendResult;
import io.accesstokens.testing.ManualClock;
import io.accesstokens.testing.ScriptedServer;
import io.accesstokens.testing.ServerWithoutTls;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.program.NodeClients;
import io.accesstokens.verify.AddressRange;
import io.accesstokens.verify.EntityRef;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSenderTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String OTHER = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  private static final AddressRange LOOPBACK = AddressRange.parse("127.0.0.0/8").orElseThrow();

  /** The deadline of the tests whose endpoint responds, too long for a busy machine to exceed. */
  private static final Duration LONG = Duration.ofMinutes(3);

  private final List<AutoCloseable> opened = new ArrayList<>();
  private ScriptedServer server;

  @BeforeEach
  void start() throws IOException {
    server = new ScriptedServer();
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
    server.close();
  }

  private WebhookSender sender(String host, List<AddressRange> allowed, Clock clock) {
    return sender(
        URI.create("http://" + host + ':' + server.port() + "/hook?key=k1"),
        allowed,
        SystemDefaultDnsResolver.INSTANCE,
        clock,
        LONG);
  }

  private WebhookSender sender(
      URI url, List<AddressRange> allowed, DnsResolver names, Clock clock, Duration deadline) {
    WebhookSender sender =
        new WebhookSender(
            new WebhookEndpoint(
                "hook",
                EnumSet.allOf(NoticeEvent.class),
                new WebhookTarget(url, () -> SECRET, allowed)),
            names,
            "1",
            clock,
            deadline);
    opened.add(sender);
    return sender;
  }

  private SendResult answered(String status, String headers) {
    server.answer(ScriptedServer.whole(status, headers, "body-of-the-response"));
    return sender("127.0.0.1", List.of(LOOPBACK), new ManualClock(NOON))
        .send(webhook(NoticeEvent.CREATED));
  }

  @Test
  void independentLibraryVerifiesTheSignatures(@TempDir Path directory) throws Exception {
    server.answer(ScriptedServer.whole("204 No Content", "", ""));
    WebhookSender sender = sender("127.0.0.1", List.of(LOOPBACK), Clock.systemUTC());
    WebhookSender replaced =
        new WebhookSender(
            new WebhookEndpoint(
                "hook",
                EnumSet.allOf(NoticeEvent.class),
                new WebhookTarget(
                    URI.create("http://127.0.0.1:" + server.port() + "/"),
                    () -> OTHER + ' ' + SECRET,
                    List.of(LOOPBACK))),
            SystemDefaultDnsResolver.INSTANCE,
            "1",
            Clock.systemUTC(),
            LONG);
    opened.add(replaced);
    for (NoticeEvent event : NoticeEvent.values()) {
      assertInstanceOf(SendResult.Sent.class, sender.send(webhook(event)));
    }
    assertInstanceOf(SendResult.Sent.class, replaced.send(webhook(NoticeEvent.REVOKED)));
    JsonArrayBuilder requests = Json.createArrayBuilder();
    server.requests().forEach(request -> requests.add(parsed(request, false)));
    requests.add(parsed(server.requests().get(0), true));
    Path file = Files.writeString(directory.resolve("requests.json"), "" + requests.build());
    JsonObject result =
        NodeClients.run("standardwebhooks", SECRET, file.toAbsolutePath().toString());
    List<String> types = new ArrayList<>();
    Arrays.stream(NoticeEvent.values()).forEach(event -> types.add(event.text()));
    types.add("token.revoked");
    assertEquals(
        types,
        result.getJsonArray("types").getValuesAs(JsonString.class).stream()
            .map(JsonString::getString)
            .toList(),
        "" + result);
    assertEquals(1, result.getJsonArray("errors").size(), "the altered body: " + result);
  }

  private static JsonObject parsed(String request, boolean altered) {
    int end = request.indexOf("\r\n\r\n");
    JsonObjectBuilder headers = Json.createObjectBuilder();
    request
        .substring(0, end)
        .lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("webhook-"))
        .forEach(
            line -> {
              int colon = line.indexOf(':');
              headers.add(line.substring(0, colon), line.substring(colon + 1).strip());
            });
    String body = request.substring(end + 4);
    return Json.createObjectBuilder()
        .add("headers", headers)
        .add("body", altered ? body.replace("ci", "cj") : body)
        .build();
  }

  @Test
  void requestIsAPostWithTheFactsOfTheToken() {
    assertEquals(new SendResult.Sent(), answered("200 OK", ""));
    String request = server.requests().get(0);
    assertTrue(request.startsWith("POST /hook?key=k1 HTTP/1.1\r\n"), request);
    assertTrue(request.contains("\r\nUser-Agent: access-tokens/1\r\n"), request);
    assertTrue(request.contains("\r\nContent-Type: application/json"), request);
    assertEquals(
        "{\"type\":\"token.created\",\"timestamp\":\"2026-03-01T12:00:00.120Z\",\"data\":"
            + "{\"token\":{\"id\":\"11111111-2222-4333-8444-555555555555\",\"kind\":\"service\","
            + "\"name\":\"ci\",\"tokenPrefix\":\"bsat_abcdefg\","
            + "\"groupEntityRef\":\"group:default/platform\","
            + "\"createdAt\":\"2026-03-01T11:59:00.120Z\","
            + "\"expiresAt\":\"2026-03-01T13:00:00.120Z\"},\"actor\":\"user:default/alice\"}}",
        request.substring(request.indexOf("\r\n\r\n") + 4));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "unknown",
      value = {
        "192.0.2.1|{\"tokenPrefix\":\"bsat_ended01\",\"address\":\"192.0.2.1\"}",
        "unknown|{\"tokenPrefix\":\"bsat_ended01\"}"
      })
  void requestNamesTheEndedSecretAndTheClient(@Nullable String address, String expected) {
    server.answer(ScriptedServer.whole("204 No Content", "", ""));
    EntityRef owner = EntityRef.parseGroup("group:default/platform").orElseThrow();
    Notice notice = Deliveries.endedSecretUsed("bsat_ended01", address, owner);
    assertEquals(
        new SendResult.Sent(),
        sender("127.0.0.1", List.of(LOOPBACK), new ManualClock(NOON))
            .send(Deliveries.delivery(Channel.WEBHOOK, "hook", List.of(notice), 1)));
    String request = server.requests().get(0);
    assertTrue(request.contains("\"tokenPrefix\":\"bsat_abcdefg\""), request);
    assertTrue(request.endsWith(",\"endedSecret\":" + expected + "}}"), request);
  }

  @ParameterizedTest
  @CsvSource({"200", "201", "204", "299"})
  void successIsSent(int status) {
    assertEquals(new SendResult.Sent(), answered(status + " OK", ""));
  }

  @ParameterizedTest
  @CsvSource({"301,0", "302,0", "400,0", "404,0", "500,0", "502,5", "503,5", "504,5", "429,5"})
  void errorIsRepeated(int status, int pause) {
    assertEquals(
        new SendResult.Retry("the endpoint responded with " + status, Duration.ofSeconds(pause)),
        answered(status + " Error", "Location: http://127.0.0.1:" + server.port() + "/other\r\n"));
    assertEquals(1, server.requests().size(), "no redirect is followed");
  }

  @Test
  void goneEndsTheEndpoint() {
    assertEquals(new SendResult.Gone("the endpoint responded with 410"), answered("410 Gone", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "120|120",
        " 7 |7",
        "0|5",
        "-3|5",
        "99999999999999|5",
        "Sun, 01 Mar 2026 12:01:00 GMT|59",
        "Sun, 01 Mar 2026 11:00:00 GMT|5",
        "soon|5"
      })
  void retryAfterIsRead(String value, int seconds) {
    SendResult.Retry retry =
        assertInstanceOf(
            SendResult.Retry.class, answered("503 Unavailable", "Retry-After: " + value + "\r\n"));
    assertEquals(seconds, retry.pause().toSeconds());
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 400, 404, 500, 501})
  void retryAfterOfAnotherErrorIsIgnored(int status) {
    assertEquals(
        new SendResult.Retry("the endpoint responded with " + status, Duration.ZERO),
        answered(status + " Error", "Retry-After: 120\r\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "127.1",
        "[::ffff:127.0.0.1]"
      })
  void loopbackIsRefusedUnlessItIsNamed(String host) {
    SendResult result =
        sender(host, List.of(), new ManualClock(NOON)).send(webhook(NoticeEvent.CREATED));
    assertInstanceOf(SendResult.Retry.class, result);
    assertEquals(0, server.requests().size(), "" + result);
  }

  @Test
  void addressIsCheckedForTheConnectionThatIsUsed() throws Exception {
    // The name server returns another address at each look-up, as in DNS rebinding.
    AtomicInteger lookUps = new AtomicInteger();
    DnsResolver rebinding =
        new DnsResolver() {
          @Override
          public InetAddress[] resolve(String host) throws UnknownHostException {
            return new InetAddress[] {
              InetAddress.getByName(
                  lookUps.getAndIncrement() == 0 ? "169.254.169.254" : "127.0.0.1")
            };
          }

          @Override
          public String resolveCanonicalHostname(String host) {
            throw new AssertionError("a second look-up");
          }
        };
    WebhookSender sender =
        sender(
            URI.create("http://rebinding.example:" + server.port() + "/"),
            List.of(),
            rebinding,
            new ManualClock(NOON),
            LONG);
    SendResult expected =
        new SendResult.Retry("the address is not public, and allowedAddresses does not contain it");
    assertEquals(expected, sender.send(webhook(NoticeEvent.CREATED)));
    assertEquals(1, lookUps.get(), "look-ups of one attempt");
    assertEquals(expected, sender.send(webhook(NoticeEvent.CREATED)));
    assertEquals(2, lookUps.get(), "look-ups of two attempts");
    assertEquals(0, server.requests().size());
  }

  @Test
  void hangingEndpointIsLeftAtTheDeadline() {
    CountDownLatch end = new CountDownLatch(1);
    server.answer(out -> end.await(1, TimeUnit.MINUTES));
    assertLate();
    end.countDown();
  }

  @Test
  void endlessHeadersAreLeftAtTheDeadline() {
    server.answer(
        out -> {
          ScriptedServer.write(out, "HTTP/1.1 200 OK\r\n");
          drip(out, "x");
        });
    assertLate();
  }

  private void assertLate() {
    WebhookSender sender =
        sender(
            URI.create("http://127.0.0.1:" + server.port() + "/"),
            List.of(LOOPBACK),
            SystemDefaultDnsResolver.INSTANCE,
            new ManualClock(NOON),
            Duration.ofSeconds(1));
    assertEquals(
        new SendResult.Retry("no response within 1 s"),
        TimeLimits.within(Duration.ofSeconds(10), () -> sender.send(webhook(NoticeEvent.CREATED))));
  }

  @Test
  void endlessBodyDoesNotDelayTheResult() {
    server.answer(
        out -> {
          ScriptedServer.write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          drip(out, "400\r\n" + "y".repeat(0x400) + "\r\n");
        });
    SendResult result =
        sender("127.0.0.1", List.of(LOOPBACK), new ManualClock(NOON))
            .send(webhook(NoticeEvent.CREATED));
    assertEquals(new SendResult.Sent(), result);
  }

  /** Writes a text again and again, until the client closes the connection. */
  private static void drip(OutputStream out, String text) throws Exception {
    Instant end = Instant.now().plusSeconds(60);
    while (Instant.now().isBefore(end)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Test
  void longHeaderLineIsRefused() {
    server.answer(ScriptedServer.whole("200 OK", "X-Long: " + "z".repeat(100_000) + "\r\n", ""));
    SendResult result =
        sender("127.0.0.1", List.of(LOOPBACK), new ManualClock(NOON))
            .send(webhook(NoticeEvent.CREATED));
    assertInstanceOf(SendResult.Retry.class, result);
  }

  @Test
  void plainServerBehindHttpsIsReportedWithoutDetails() throws IOException {
    try (ServerWithoutTls plain = new ServerWithoutTls()) {
      WebhookSender sender =
          sender(
              URI.create("https://127.0.0.1:" + plain.port() + "/"),
              List.of(LOOPBACK),
              SystemDefaultDnsResolver.INSTANCE,
              new ManualClock(NOON),
              LONG);
      SendResult expected =
          new SendResult.Retry(
              "no TLS connection with a trusted certificate"
                  + " (SSLException: Unsupported or unrecognized SSL message)");
      // A stop of the machine can exceed the timeout of the handshake.
      TimeLimits.repeatAfterStop(
          () -> assertEquals(expected, sender.send(webhook(NoticeEvent.CREATED))));
    }
  }
}
