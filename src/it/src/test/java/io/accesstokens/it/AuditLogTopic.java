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
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Tests that the log has one line of JSON for each change and each rejection. */
abstract class AuditLogTopic extends Topic {

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
    anonymous.bearer(text + AuthenticationTopic.checksum(text)).get(WHOAMI).problem(401);
    anonymous.bearer("bsat_nonsense").get(WHOAMI).problem(401);
    awaitLine("unknown", line -> line.toLowerCase(Locale.ROOT).contains("unknown"));
    awaitLine("malformed", line -> line.toLowerCase(Locale.ROOT).contains("malformed"));
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
    awaitLine("a failed sign-in", line -> line.contains("\"sign-in-failed\""));
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

  private String awaitRefusal(String reason, String tokenId) throws Exception {
    return awaitLine(
        reason,
        line ->
            line.contains(tokenId)
                && line.toLowerCase(Locale.ROOT).contains("refused")
                && line.toLowerCase(Locale.ROOT).contains(reason));
  }

  /**
   * Waits for a line, because another process writes the log, possibly a moment after its response.
   */
  private String awaitLine(String what, Predicate<String> test) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    Optional<String> found = Optional.empty();
    while (found.isEmpty() && System.nanoTime() < end) {
      found = auditLines().stream().filter(test).findFirst();
      if (found.isEmpty()) {
        Thread.sleep(50);
      }
    }
    return found.orElseThrow(() -> new AssertionError("no audit line: " + what));
  }

  /** Returns the lines of JSON without the prefix that the log adds. */
  private List<String> auditLines() throws IOException {
    return application
        .log()
        .lines()
        .filter(line -> line.contains("{") && line.endsWith("}"))
        .map(line -> line.substring(line.indexOf('{')))
        .filter(AuditLogTopic::isJsonObject)
        .toList();
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
