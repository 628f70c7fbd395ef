package io.accesstokens.auth;

import static io.accesstokens.testing.ScriptedServer.json;
import static io.accesstokens.testing.ScriptedServer.whole;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.Verification;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the service can say, and what else can come from where it should be. */
class CheckTokenRemotelyTest extends ScriptedService {

  @Test
  void aServiceTokenIsAcceptedWithAllThatIsKnownOfIt() {
    server.answer(json(GOOD));
    assertEquals(
        new Verification.Accepted(
            UUID.fromString("6f9619ff-8b86-4d01-b42d-00c04fc964ff"),
            "service-token:group:default/platform:deploy",
            new EntityRef("group", "default", "platform"),
            List.of("catalog:read", "x"),
            Instant.parse("2027-01-01T00:00:00Z")),
        check().check(TOKEN));
    String request = server.requests().get(0);
    assertTrue(request.startsWith("GET /tokens/api/access-tokens/whoami HTTP/1.1\r\n"), request);
    assertTrue(request.contains("Authorization: Bearer " + TOKEN.reveal() + "\r\n"));
  }

  @Test
  void aPersonIsNoToken() {
    server.answer(
        json(
            "{\"type\":\"user\",\"subject\":\"user:default/alice\",\"scopes\":[],"
                + "\"permissions\":[],\"expiresAt\":null}"));
    assertEquals(WhoAmIAnswer.UNKNOWN, check().check(TOKEN));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer realm=\"access-tokens\", error=\"invalid_token\"",
        "bearer error=invalid_token",
        "Basic realm=\"x\", charset=\"UTF-8\", Bearer realm=\"a, b\", error=\"invalid_token\"",
        "Negotiate, Bearer error=\"invalid_token\", Basic realm=\"x\"",
      })
  void aChallengeThatNamesTheTokenRefusesIt(String challenge) {
    server.answer(whole("401 Unauthorized", "WWW-Authenticate: " + challenge + "\r\n", ""));
    assertEquals(WhoAmIAnswer.UNKNOWN, check().check(TOKEN));
  }

  @Test
  void theChallengeMayBeOneOfManyFields() {
    server.answer(
        whole(
            "401 Unauthorized",
            "WWW-Authenticate: Basic realm=\"x\"\r\n"
                + "WWW-Authenticate: Bearer realm=\"y\", error=\"invalid_token\"\r\n",
            ""));
    assertEquals(WhoAmIAnswer.UNKNOWN, check().check(TOKEN));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Basic realm=\"proxy\"",
        "Bearer realm=\"proxy\"",
        "Bearer error=\"insufficient_scope\"",
        "Bearer realm=\"proxy\", Basic error=\"invalid_token\"",
        "Bearer xerror=\"invalid_token\"",
        "",
      })
  void anyOther401IsNotAboutTheToken(String challenge) {
    server.answer(whole("401 Unauthorized", "WWW-Authenticate: " + challenge + "\r\n", ""));
    unavailable();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "204 No Content",
        "301 Moved Permanently",
        "302 Found",
        "307 Temporary Redirect",
        "400 Bad Request",
        "403 Forbidden",
        "404 Not Found",
        "429 Too Many Requests",
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Service Unavailable",
      })
  void noOtherStatusSaysAnything(String status) {
    server.answer(
        whole(
            status,
            "Content-Type: application/json\r\nLocation: " + service() + "elsewhere\r\n",
            status.startsWith("204") ? "" : GOOD));
    unavailable();
    assertEquals(1, server.requests().size(), "a redirect was followed, or an answer not believed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"type\":null}",
        "{\"type\":7}",
        "not json",
        "{\"type\":\"service\"}",
      })
  void halfAnAnswerIsNone(String body) {
    server.answer(json(body));
    unavailable();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "service-token:|service:",
        "group:default/platform:deploy|group:default/platform:",
        "group:default/platform:deploy|deploy",
        "group:default/platform:deploy|platform:deploy",
        "group:default/platform:deploy|group:platform:deploy",
        "group:default/platform:deploy|Group:default/platform:deploy",
        "group:default/platform:deploy|user:default/platform:deploy",
        "group:default/platform:deploy|group:default/a:b:deploy",
        "group:default/platform:deploy|group:default/platform:de ploy",
        "group:default/platform:deploy| group:default/platform:deploy",
        "\"6f9619ff-8b86-4d01-b42d-00c04fc964ff\"|null",
        "6f9619ff-8b86-4d01-b42d-00c04fc964ff|1-1-1-1-1",
        "\"2027-01-01T00:00:00.000Z\"|null",
        "2027-01-01T00:00:00.000Z|2027-01-01",
        "\"expiresAt\"|\"expires\"",
        "[\"catalog:read\",\"x\"]|\"catalog:read\"",
        "[\"catalog:read\",\"x\"]|null",
        "[\"catalog:read\",\"x\"]|[7]",
        "[\"catalog:read\",\"x\"]|[\"catalog:read x\"]",
        "[\"catalog:read\",\"x\"]|[\"\"]",
        "\"more\":{}|\"type\":\"user\"",
        "\"more\":{}|\"scopes\":[\"admin\"]",
        "\"more\":{}}|\"more\":{}",
        "\"more\":{}}|\"more\":{}}{}",
      })
  void oneWrongFieldSpoilsTheAnswer(String change) {
    String[] parts = change.split("\\|", 2);
    String body = GOOD.replace(parts[0], parts[1]);
    assertFalse(body.equals(GOOD));
    server.answer(json(body));
    unavailable();
  }

  @Test
  void noDepthOfNestingIsTooMuch() {
    server.answer(json("{\"more\":" + "[".repeat(30_000) + "]".repeat(30_000) + "}"));
    unavailable();
  }

  @Test
  void onlyJsonIsRead() {
    server.answer(whole("200 OK", "Content-Type: text/html\r\n", GOOD));
    unavailable();
    server.answer(whole("200 OK", "", GOOD));
    unavailable();
    server.answer(whole("200 OK", "Content-Type: Application/JSON;charset=UTF-8\r\n", GOOD));
    assertTrue(check().check(TOKEN) instanceof Verification.Accepted);
  }
}
