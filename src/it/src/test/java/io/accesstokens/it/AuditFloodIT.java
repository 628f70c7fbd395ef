package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Tests the amount of log entries that callers without permissions can cause with {@code java
 * -jar}.
 */
class AuditFloodIT {

  private static final int MANY = 2_000;

  /** Number of requests in one batch, small enough that a socket's buffers hold their responses. */
  private static final int TOGETHER = 50;

  @Test
  void logStaysBoundedAndCountsEveryEvent() throws Exception {
    RunningApplication application =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .with("--in-memory")
                .withEnvironment("ACCESSTOKENS_TRUSTEDPROXIES", "127.0.0.1"));
    TestToken made;
    TestToken revoked;
    String denied;
    try (application) {
      ServiceTokens alice = new ServiceTokens(application.api().as("alice"));
      made = alice.create();
      denied = made.token().getString("name");
      revoked = alice.create();
      alice.revoke(revoked.id());
      URI uri = URI.create("http://127.0.0.1:" + application.port());

      String junk = "Authorization: Bearer bsat_junk\r\n";
      send(uri, MANY, 401, WHOAMI, i -> junk + "X-Forwarded-For: 192.0.2.1\r\n");
      send(uri, MANY, 401, WHOAMI, i -> junk + "X-Forwarded-For: 2001:db8::" + i + "\r\n");
      send(
          uri,
          MANY,
          401,
          WHOAMI,
          i ->
              "Authorization: Basic eA\r\nX-Forwarded-For: 198.51."
                  + i / 250
                  + "."
                  + i % 250
                  + "\r\n");
      String dead = "Authorization: Bearer " + revoked.rawToken() + "\r\n";
      send(uri, MANY, 401, WHOAMI, i -> dead + "X-Forwarded-For: 203.0.113." + i % 250 + "\r\n");
      String bearer = "Authorization: Bearer " + made.rawToken() + "\r\n";
      String scopes = "/api/access-tokens/verify?scope=" + "a:b+".repeat(490) + "c";
      send(uri, MANY, 403, scopes, i -> bearer + "X-Forwarded-For: 192.0.2.9\r\n");
      application.stop();
    }

    List<JsonObject> events = events(application.log());
    // One source causes at most two lines a minute. A slow machine needs some minutes.
    all(events, 20, line -> is(line, "refused", "malformed") && has(line, "192.0.2.1"));
    all(events, 20, line -> is(line, "refused", "malformed") && has(line, "2001:db8::"));
    all(events, 1_000, line -> is(line, "sign-in-failed", "malformed"));
    all(events, 600, line -> is(line, "refused", "revoked") && has(line, revoked.id()));
    all(events, 600, line -> is(line, "denied", null) && has(line, denied));
    assertTrue(
        events.stream().allMatch(line -> line.toString().length() < 1_000),
        "a line holds all that a caller sent");
    assertTrue(
        events.stream().anyMatch(line -> line.containsKey("others")),
        "addresses beyond the bound are counted together");
  }

  /** Asserts that the lines are few, and that the sum of their counts is the number of requests. */
  private static void all(List<JsonObject> events, int maxLines, Predicate<JsonObject> which) {
    List<JsonObject> found = events.stream().filter(which).toList();
    assertEquals(
        MANY,
        found.stream().mapToInt(line -> line.getInt("count", 1)).sum(),
        () -> found.toString());
    assertTrue(found.size() <= maxLines, () -> found.size() + " lines, not " + maxLines);
  }

  private static boolean is(JsonObject line, String event, @Nullable String reason) {
    return event.equals(line.getString("event"))
        && (reason == null || reason.equals(line.getString("reason", "")));
  }

  private static boolean has(JsonObject line, String text) {
    return line.toString().contains(text);
  }

  private static List<JsonObject> events(String log) {
    return log.lines()
        .filter(line -> line.startsWith("{"))
        .map(
            line -> {
              try (JsonReader reader = Json.createReader(new StringReader(line))) {
                return reader.readObject();
              }
            })
        .toList();
  }

  private static void send(
      URI server, int count, int expected, String path, IntFunction<String> headers)
      throws IOException {
    for (int sent = 0; sent < count; sent += TOGETHER) {
      StringBuilder requests = new StringBuilder();
      for (int i = sent; i < sent + TOGETHER; i++) {
        requests.append("GET ").append(path).append(" HTTP/1.1\r\nHost: ");
        requests.append(server.getAuthority()).append("\r\n").append(headers.apply(i));
        requests.append(i == sent + TOGETHER - 1 ? "Connection: close\r\n\r\n" : "\r\n");
      }
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort())) {
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(requests.toString().getBytes(StandardCharsets.US_ASCII));
        String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(TOGETHER, answers.split("HTTP/1\\.1 " + expected, -1).length - 1, answers);
      }
    }
  }
}
