package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.TestToken;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that the log has one line of JSON for each change and each rejection. */
abstract class AuditLogTopic extends Topic {

  /** No other test sends requests from this address, so its first refusals are logged at once. */
  private static final String ADDRESS = "127.0.0.44";

  /** The length of the log at the beginning of a test. */
  private int before;

  @BeforeEach
  void measureLog() throws IOException {
    before = application.log().length();
  }

  @Test
  void logsEachChangeWithItsActorAndAddress() throws Exception {
    TestToken made = tokens.create(good().withText("description", "line\nbreak \"quoted\""));
    tokens.revoke(made.id());
    awaitLine("created", line -> line.contains(made.id()) && line.contains("\"created\""));
    String revoked =
        awaitLine("revoked", line -> line.contains(made.id()) && line.contains("\"revoked\""));
    assertTrue(revoked.contains("user:default/alice"), revoked);
    assertTrue(revoked.contains("127.0.0.1"), revoked);
  }

  @Test
  void logsTheRefusalOfARevokedToken() throws Exception {
    TestToken made = tokens.create();
    tokens.revoke(made.id());
    anonymous.bearer(made.rawToken()).get(WHOAMI).problem(401);
    String line = awaitRefusal("revoked", made.id());
    assertTrue(line.contains("127.0.0.1"), line);
  }

  @Test
  void logsTheRefusalOfAnUnknownToken() throws Exception {
    String text = "bsat_" + "1".repeat(37);
    refuse(text + AuthenticationTopic.checksum(text));
    refuse("bsat_nonsense");
    awaitRefusal("unknown", ADDRESS);
    awaitRefusal("malformed", ADDRESS);
  }

  private void refuse(String rawToken) throws IOException {
    try (Socket socket = application.socket().connectFrom(ADDRESS)) {
      String request =
          "GET "
              + application.socket().target(WHOAMI)
              + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
              + rawToken
              + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      application.socket().read(socket, "GET " + WHOAMI).problem(401);
    }
  }

  @Test
  void logsADenialWithTheMissingPermissionAndTheRule() throws Exception {
    bob.post(PATH, good().json()).problem(403);
    awaitDenial("user:default/bob", "access-tokens:service:write", "no-grant");
    carol.post(PATH, good().of(PAYMENTS).json()).problem(403);
    awaitDenial("user:default/carol", "access-tokens:service:write", "own-groups");
    TestToken made = tokens.create();
    anonymous.bearer(made.rawToken()).get(PATH).problem(403);
    awaitDenial(made.token().getString("name"), "access-tokens:service:read", "token-scopes");
  }

  /**
   * The caller cannot distinguish an inaccessible token from a missing one. The log records a
   * denial.
   */
  @Test
  void logsTheDenialForATokenOfAnotherGroup() throws Exception {
    TestToken theirs = tokens.create(good().of(PAYMENTS));
    carol.delete(PATH + '/' + theirs.id(), REASON).problem(404);
    awaitDenial("user:default/carol", "access-tokens:service:revoke", "own-groups");
  }

  @Test
  void logsSignInsAndSignOuts() throws Exception {
    anonymous
        .post(BrowserSession.PATH, BrowserSession.credentials("dave", "Wrong-Sign-In"))
        .problem(401);
    BrowserSession.signIn(anonymous, "dave", "dave").delete(BrowserSession.PATH, "").expect(204);
    awaitLine(
        "a failed sign-in",
        line ->
            line.contains("\"event\":\"sign-in-failed\"")
                && line.contains("\"username\":\"dave\""));
    for (String event : List.of("signed-in", "signed-out")) {
      String line =
          awaitLine(
              event,
              candidate ->
                  candidate.contains("\"event\":\"" + event + '"')
                      && candidate.contains("\"actor\":\"user:default/dave\""));
      assertTrue(line.contains("\"clientAddress\":\"127.0.0.1\""), line);
      assertTrue(line.matches(".*\"occurredAt\":\"[0-9T:.-]+Z\".*"), line);
    }
    assertFalse(application.log().contains("Wrong-Sign-In"), "a password is in the log");
  }

  private void awaitDenial(String actor, String permission, String rule) throws Exception {
    awaitLine(
        "denied " + permission,
        line ->
            line.contains("\"denied\"")
                && line.contains(actor)
                && line.contains("\"permission\":\"" + permission + '"')
                && line.contains("\"rule\":\"" + rule + '"'));
  }

  /**
   * Waits for the line about a refused token.
   *
   * @param source the id of the token, or the address of the client
   */
  private String awaitRefusal(String reason, String source) throws Exception {
    return awaitLine(
        reason,
        line ->
            line.contains("\"event\":\"refused\"")
                && line.contains("\"reason\":\"" + reason + '"')
                && line.contains('"' + source + '"'));
  }

  /**
   * Waits for a line, because another process writes the log, possibly a moment after its response.
   */
  private String awaitLine(String what, Predicate<String> test) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    Optional<String> found = Optional.empty();
    while (found.isEmpty() && System.nanoTime() < end) {
      found = auditLine(test);
      if (found.isEmpty()) {
        Thread.sleep(50);
      }
    }
    return found.orElseThrow(() -> new AssertionError("no audit line: " + what));
  }

  /** Returns the first matching line of JSON without the prefix that the log adds. */
  private Optional<String> auditLine(Predicate<String> test) throws IOException {
    return application
        .log()
        .substring(before)
        .lines()
        .filter(test)
        .filter(line -> line.contains("{") && line.endsWith("}"))
        .map(line -> line.substring(line.indexOf('{')))
        .filter(AuditLogTopic::isJsonObject)
        .findFirst();
  }

  private static boolean isJsonObject(String text) {
    try (JsonReader reader = Json.createReader(new StringReader(text))) {
      JsonObject object = reader.readObject();
      return !object.isEmpty();
    } catch (JsonException e) {
      return false;
    }
  }
}
