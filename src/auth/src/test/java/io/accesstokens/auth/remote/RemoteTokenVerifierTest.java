package io.accesstokens.auth.remote;

import static io.accesstokens.testing.ScriptedServer.json;
import static io.accesstokens.testing.ScriptedServer.whole;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.verify.AddressRange;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationUnavailableException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests valid introspection responses, and responses that do not come from the token service. */
class RemoteTokenVerifierTest extends ScriptedService {

  private static final String LIMITS =
      "\"allowed_addresses\":[\"192.0.2.0/24\",\"2001:db8::1\"],\"requests_per_minute\":7";

  private static final Verification UNKNOWN =
      new Verification.Refused(Verification.Reason.UNKNOWN, Optional.empty());

  @Test
  void serviceTokenIsAcceptedWithItsFacts() {
    introspection = json(GOOD);
    assertEquals(
        new Verification.Accepted(
            UUID.fromString("6f9619ff-8b86-4d01-b42d-00c04fc964ff"),
            "service-token:group:default/platform:deploy",
            new EntityRef("group", "default", "platform"),
            List.of("catalog:read", "x"),
            Instant.parse("2027-01-01T00:00:00.250Z")),
        verifier().verify(TOKEN));
    String request = introspections().get(0);
    assertTrue(
        request.startsWith("POST /tokens/api/access-tokens/introspect HTTP/1.1\r\n"), request);
    assertTrue(request.contains("Authorization: Bearer " + CREDENTIAL.reveal() + "\r\n"), request);
    String position = new ChangeFeed.Position(0, Optional.empty(), "one").text();
    assertTrue(
        request.endsWith(
            "\r\n\r\ntoken=" + TOKEN.reveal() + "&enforces_limits=true&position=" + position),
        request);
  }

  @Test
  void apiOfAnEmbeddedServiceHasThePathOfItsApplication() {
    unavailable(made(builder().apiPath("/shop/rest")));
    made(builder().apiPath(""));
    Awaitility.await()
        .until(
            () ->
                server.requests().stream()
                        .anyMatch(
                            request ->
                                request.startsWith("GET /tokens/shop/rest/access-tokens/changes?"))
                    && server.requests().stream()
                        .anyMatch(
                            request -> request.startsWith("GET /tokens/access-tokens/changes?")));
    for (String wrong : List.of("api", "/api/", "/a?b", "//a", "/", "/a b", "/..%2f")) {
      assertThrows(IllegalArgumentException.class, () -> builder().apiPath(wrong), wrong);
    }
  }

  @Test
  void personalTokenBelongsToItsUser() {
    introspection =
        json(GOOD.replace("service-token:group:default/platform:deploy", "user:default/dave"));
    assertEquals(
        new Verification.Accepted(
            UUID.fromString("6f9619ff-8b86-4d01-b42d-00c04fc964ff"),
            "user:default/dave",
            new EntityRef("user", "default", "dave"),
            List.of("catalog:read", "x"),
            Instant.parse("2027-01-01T00:00:00.250Z")),
        verifier().verify(TOKEN));
  }

  @Test
  void previousSecretIsMarked() {
    introspection = json(GOOD.replace("\"more\":{}", "\"previous_secret\":true"));
    Verification.Accepted accepted =
        assertInstanceOf(Verification.Accepted.class, verifier().verify(TOKEN));
    assertTrue(accepted.secret().previous(), accepted::toString);
    assertEquals(Instant.parse("2027-01-01T00:00:00.250Z"), accepted.expiresAt());
    introspection = json(GOOD.replace("\"more\":{}", "\"previous_secret\":false"));
    accepted = assertInstanceOf(Verification.Accepted.class, verifier().verify(TOKEN));
    assertFalse(accepted.secret().previous(), accepted::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "\"true\"", "1", "{}"})
  void malformedMarkIsRejected(String value) {
    introspection = json(GOOD.replace("\"more\":{}", "\"previous_secret\":" + value));
    unavailable();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"dave", "user:dave", "users:default/dave", "user:default/", "group:default/x", ""})
  void malformedSubjectIsRejected(String subject) {
    introspection = json(GOOD.replace("service-token:group:default/platform:deploy", subject));
    unavailable();
  }

  @Test
  void errorMessageQuotesNoPartOfTheResponse() {
    for (String quoted :
        List.of("jti\":\"hidden", "jti\":\"hidden-0-0-0-0", "expires_at\":\"hidden")) {
      String member = quoted.substring(0, quoted.indexOf('"'));
      introspection = json(GOOD.replaceFirst(member + "\":\"[^\"]*", quoted));
      VerificationUnavailableException failure =
          assertThrows(VerificationUnavailableException.class, () -> verifier().verify(TOKEN));
      assertFalse(failure.toString().contains("hidden"), failure::toString);
    }
  }

  @Test
  void limitsOfTheTokenAreEnforcedForEachClient() {
    introspection = json(GOOD.replace("\"more\":{}", LIMITS));
    RemoteTokenVerifier verifier = verifier();
    Verification verdict = verifier.verify(TOKEN);
    assertInstanceOf(Verification.AddressLimited.class, verdict);
    assertInstanceOf(Verification.Refused.class, verdict.from("198.51.100.1"));
    assertInstanceOf(Verification.Refused.class, verifier.verify(TOKEN).from(null));
    var accepted =
        assertInstanceOf(
            Verification.Accepted.class, verifier.verify(TOKEN).from("::ffff:192.0.2.9"));
    assertEquals(7, accepted.limits().requestsPerMinute());
    assertEquals(
        List.of("192.0.2.0/24", "2001:db8::1"),
        accepted.limits().allowedAddresses().stream().map(AddressRange::toString).toList());
    assertEquals(1, introspections().size(), "the facts are cached for all clients");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[\"192.0.2.0/24\",\"2001:db8::1\"]|[]",
        "[\"192.0.2.0/24\",\"2001:db8::1\"]|null",
        "[\"192.0.2.0/24\",\"2001:db8::1\"]|\"192.0.2.1\"",
        "[\"192.0.2.0/24\",\"2001:db8::1\"]|{}",
        "\"192.0.2.0/24\"|1",
        "\"192.0.2.0/24\"|null",
        "192.0.2.0/24|192.0.2.0/33",
        "192.0.2.0/24|anywhere",
        "192.0.2.0/24|",
        ":7|:0",
        ":7|:-1",
        ":7|:1000001",
        ":7|:7.5",
        ":7|:1e99",
        ":7|:\"7\"",
        ":7|:null",
      })
  void malformedLimitIsRejected(String change) {
    int bar = change.indexOf('|');
    String limits = LIMITS.replace(change.substring(0, bar), change.substring(bar + 1));
    assertNotEquals(LIMITS, limits);
    introspection = json(GOOD.replace("\"more\":{}", limits));
    unavailable();
  }

  @Test
  void inactiveTokenIsRefusedAsUnknown() {
    introspection = json("{\"active\":false}");
    assertEquals(UNKNOWN, verifier().verify(TOKEN));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "204 No Content",
        "301 Moved Permanently",
        "302 Found",
        "307 Temporary Redirect",
        "400 Bad Request",
        "401 Unauthorized",
        "403 Forbidden",
        "404 Not Found",
        "429 Too Many Requests",
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Service Unavailable",
      })
  void otherStatusIsAnOutage(String status) {
    introspection =
        whole(
            status,
            "Content-Type: application/json\r\nLocation: " + service() + "elsewhere\r\n",
            status.startsWith("204") ? "" : GOOD);
    unavailable();
    assertEquals(1, introspections().size(), "requests; a redirect or a retry sends another");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"active\":null}",
        "{\"active\":1}",
        "{\"active\":\"true\"}",
        "not json",
        "{\"active\":true}",
      })
  void incompleteResponseIsRejected(String body) {
    introspection = json(body);
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
        "group:default/platform:deploy|group:platform:deploy",
        "group:default/platform:deploy|user:default/platform:deploy",
        "group:default/platform:deploy|group:default/a:b:deploy",
        "group:default/platform:deploy|group:default/platform:de ploy",
        "group:default/platform:deploy| group:default/platform:deploy",
        "\"6f9619ff-8b86-4d01-b42d-00c04fc964ff\"|null",
        "6f9619ff-8b86-4d01-b42d-00c04fc964ff|1-1-1-1-1",
        "\"2027-01-01T00:00:00.250Z\"|null",
        "2027-01-01T00:00:00.250Z|2027-01-01",
        "\"expires_at\"|\"expires\"",
        "\"catalog:read x\"|[\"catalog:read\",\"x\"]",
        "\"catalog:read x\"|null",
        "catalog:read x|catalog:read  x",
        "catalog:read x| x",
        "\"more\":{}|\"active\":false",
        "\"more\":{}|\"scope\":\"admin\"",
        "\"more\":{}}|\"more\":{}",
        "\"more\":{}}|\"more\":{}}{}",
        "\"more\":{}|\"more\":{\"a\":1,\"a\":1}",
        "\"more\":{}|\"more\":{\"a\":[[],{\"b\":1,\"c\":2,\"b\":3}]}",
      })
  void invalidFieldIsRejected(String change) {
    String[] parts = change.split("\\|", 2);
    String body = GOOD.replace(parts[0], parts[1]);
    assertNotEquals(GOOD, body);
    introspection = json(body);
    unavailable();
  }

  @Test
  void deeplyNestedResponseIsRejected() {
    introspection = json("{\"more\":" + "[".repeat(30_000) + "]".repeat(30_000) + "}");
    unavailable();
  }

  @Test
  void responseThatIsNotJsonIsRejected() {
    introspection = whole("200 OK", "Content-Type: text/html\r\n", GOOD);
    unavailable();
    introspection = whole("200 OK", "", GOOD);
    unavailable();
    introspection = whole("200 OK", "Content-Type: Application/JSON;charset=UTF-8\r\n", GOOD);
    assertInstanceOf(Verification.Accepted.class, verifier().verify(TOKEN));
  }
}
