package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.TestToken;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which credentials are accepted, and how others are rejected. */
abstract class AuthenticationTopic extends Topic {

  /** A well-formed token with a correct checksum that was never created. */
  private static final String UNKNOWN = "bsat_" + "0".repeat(37);

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"Bearer ", "bearer ", "BEARER ", "bEaReR ", "Bearer  ", "Bearer    "})
  void takesTheSchemeInAnyCase(String scheme) {
    TestToken made = tokens.create();
    anonymous.authorization(scheme + made.rawToken()).get(WHOAMI).ok();
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"Basic ", "basic ", "BASIC "})
  void takesTheBasicSchemeInAnyCase(String scheme) {
    anonymous.authorization(scheme + "YWxpY2U6YWxpY2U=").get(WHOAMI).ok();
  }

  @Test
  void anonymousRequestIsChallengedForBothSchemes() {
    ApiResult answer = anonymous.get(WHOAMI).problem(401);
    assertTrue(challenges(answer).contains("bearer"), answer::toString);
    assertTrue(challenges(answer).contains("basic"), answer::toString);
    assertEquals(List.of(), answer.headers("Set-Cookie"));
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(strings = {"Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest"})
  void requestOfAScriptHasNoBasicChallenge(String header) {
    String value =
        header.endsWith("Site") ? "same-origin" : header.endsWith("Mode") ? "cors" : "empty";
    for (Api caller :
        List.of(anonymous, anonymous.basic("alice", "wrong"), anonymous.bearer("x"))) {
      ApiResult answer = caller.call("GET", PATH).header(header, value).send().problem(401);
      assertTrue(challenges(answer).contains("bearer"), answer::toString);
      assertFalse(challenges(answer).contains("basic"), answer::toString);
    }
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer bsat_",
        "Bearer bsat_short",
        "Bearer undefined",
        "Bearer bsat_0000000000000000000000000000000000000000000",
        "Bearer bpat_0000000000000000000000000000000000000000000",
        "Bearer BSAT_0000000000000000000000000000000000000000000",
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyOmRlZmF1bHQvYWxpY2UifQ.",
        "Bearer a b c",
        "Bearer YWxpY2U6YWxpY2U=",
        "Bearer \"quoted\"",
        "Bearer token=\"x\""
      })
  void malformedTokenIsRejectedAsInvalidToken(String authorization) {
    ApiResult answer = anonymous.authorization(authorization).get(WHOAMI).problem(401);
    assertTrue(
        answer.headerLine("WWW-Authenticate").contains("error=\"invalid_token\""),
        answer::toString);
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "Basic",
        "Basic ",
        "Basic YWxpY2U=",
        "Basic !!!",
        "Basic Og==",
        "Basic YWxpY2U6",
        "Basic OmFsaWNl",
        "Basic //79",
        "Basic YWxpY2U6AA==",
        "Digest username=\"alice\"",
        "Negotiate abc",
        "alice:alice",
        "YWxpY2U6YWxpY2U=",
        "Basic YWxpY2U6YWxpY2U= extra",
        "Token abc",
        "BearerX abc",
        "Bearer,Bearer",
        " "
      })
  void refusesEveryOtherCredential(String authorization) {
    anonymous.authorization(authorization).get(WHOAMI).problem(401);
    anonymous.authorization(authorization).get(PATH).problem(401);
  }

  @Test
  void wrongNameOrPasswordIsRejected() {
    anonymous.basic("alice", "Alice").get(WHOAMI).problem(401);
    anonymous.basic("alice", "alice ").get(WHOAMI).problem(401);
    anonymous.basic("alice", "").get(WHOAMI).problem(401);
    anonymous.basic("alice", "p\u00e4ss\uD83D\uDD11").get(WHOAMI).problem(401);
    anonymous.basic("alice", "x".repeat(6000)).get(WHOAMI).problem(401);
    anonymous.basic("alice", "bob").get(WHOAMI).problem(401);
    anonymous.basic("unknown", "unknown").get(WHOAMI).problem(401);
    anonymous.basic("user:default/alice", "alice").get(WHOAMI).problem(401);
    anonymous.basic("", "").get(WHOAMI).problem(401);
    anonymous.basic("alice\u0000", "alice").get(WHOAMI).problem(401);
  }

  @Test
  void everyInvalidTokenHasTheSameResponse() throws InterruptedException {
    TestToken revoked = tokens.create();
    tokens.revoke(revoked.id());
    TestToken expired = tokens.createExpiring(good());
    expired.awaitExpiry();
    Set<String> answers = new HashSet<>();
    for (String raw :
        List.of(
            revoked.rawToken(),
            expired.rawToken(),
            "garbage",
            UNKNOWN + checksum(UNKNOWN),
            UNKNOWN + "000000",
            revoked.rawToken().toLowerCase(Locale.ROOT))) {
      ApiResult answer = anonymous.bearer(raw).get(WHOAMI).problem(401);
      answers.add(answer.headers("WWW-Authenticate") + answer.untracedText());
    }
    assertEquals(1, answers.size(), answers::toString);
    assertTrue(answers.iterator().next().contains("error=\"invalid_token\""), answers::toString);
  }

  @Test
  void tokenWithOneChangedCharacterIsRejected() {
    String raw = tokens.create().rawToken();
    for (int at : new int[] {4, 5, 11, 20, 41, 42, 47}) {
      char other = raw.charAt(at) == 'x' ? 'y' : 'x';
      String changed = raw.substring(0, at) + other + raw.substring(at + 1);
      anonymous.bearer(changed).get(WHOAMI).problem(401);
    }
    anonymous.bearer(raw + '0').get(WHOAMI).problem(401);
    anonymous.bearer(raw.substring(0, 47)).get(WHOAMI).problem(401);
    anonymous.bearer(raw + " x").get(WHOAMI).problem(401);
    anonymous.bearer(raw + ",").get(WHOAMI).problem(401);
  }

  @Test
  void tokenIsReadFromTheHeaderOnly() {
    String raw = tokens.create().rawToken();
    anonymous.get(WHOAMI + "?access_token=" + raw).problem(401);
    anonymous.get(WHOAMI + "?token=" + raw).problem(401);
    anonymous.call("GET", WHOAMI).header("Cookie", "access_token=" + raw).send().problem(401);
    anonymous.call("GET", WHOAMI).header("X-Access-Token", raw).send().problem(401);
    anonymous.basic("alice", raw).get(WHOAMI).problem(401);
    anonymous.basic(raw, "").get(WHOAMI).problem(401);
  }

  @Test
  void refusesSeveralCredentialsAtOnce() {
    String raw = tokens.create().rawToken();
    String basic =
        "Basic "
            + Base64.getEncoder().encodeToString("alice:alice".getBytes(StandardCharsets.UTF_8));
    for (String second : List.of("Bearer " + raw, basic)) {
      String request =
          "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nAuthorization: %s\r\n"
              .formatted(WHOAMI, application.socket().host(), raw, second);
      application
          .socket()
          .send(request + "Connection: close\r\n\r\n")
          .expectProblem()
          .expectOneOf(400, 401);
    }
  }

  static String challenges(ApiResult answer) {
    return answer.headerLine("WWW-Authenticate").toLowerCase(Locale.ROOT);
  }

  static String checksum(String text) {
    var crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.US_ASCII));
    String digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    StringBuilder reversed = new StringBuilder();
    long rest = crc.getValue();
    for (int i = 0; i < 6; i++) {
      reversed.append(digits.charAt((int) (rest % 62)));
      rest /= 62;
    }
    return reversed.reverse().toString();
  }
}
