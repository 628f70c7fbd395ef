package io.accesstokens.auth.remote;

import static io.accesstokens.testing.FuzzInput.holds;
import static io.accesstokens.testing.FuzzInput.same;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenFacts;
import io.accesstokens.verify.Verification;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.stream.JsonParser;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Fuzzes the responses that a remote verifier reads: pages of the change feed, and introspection.
 */
class RemoteServiceClientFuzzTest {

  private static final String NONCE = "AAAAAAAAAAAAAAAA";

  @FuzzTest
  @DictionaryEntries({
    "\"nonce\":\"AAAAAAAAAAAAAAAA\"",
    "\"leaseMillis\":500",
    "\"lastNumber\":1",
    "\"complete\":true",
    "\"server\":\"a\"",
    "\"databaseTime\":\"2026-01-01T00:00:00Z\"",
    "\"nonceAtPosition\":\"00\"",
    "\"entries\":[{\"number\":1,\"nonce\":\"00\",\"kind\":\"revoked\",\"digest\":",
    "\"withheld\":",
    "\"active\":true",
    "\"sub\":\"user:default/a\"",
    "\"sub\":\"service-token:group:default/a:b\"",
    "\"scope\":\"a b\"",
    "\"jti\":\"00000000-0000-0000-0000-000000000000\"",
    "\"expires_at\":\"2026-01-01T00:00:00Z\"",
    "1e9"
  })
  void responses(byte[] input) {
    Optional<JsonObject> response = object(input);
    response
        .flatMap(RemoteServiceClientFuzzTest::page)
        .ifPresent(RemoteServiceClientFuzzTest::isBounded);
    response
        .flatMap(RemoteServiceClientFuzzTest::facts)
        .ifPresent(RemoteServiceClientFuzzTest::isAccepted);
  }

  /**
   * Returns the object, or empty for any exception: the verifier reports an exception as an outage.
   * Only an {@code Error} would end a thread.
   */
  private static Optional<JsonObject> object(byte[] input) {
    try (JsonParser parser =
        Json.createParserFactory(Map.of())
            .createParser(new ByteArrayInputStream(input), StandardCharsets.UTF_8)) {
      return Optional.of(
          RemoteServiceClient.readSingleObject(parser, Json.createBuilderFactory(Map.of())));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<ChangeFeed.Page> page(JsonObject response) {
    try {
      return Optional.of(RemoteFeed.page(response, NONCE));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<TokenFacts> facts(JsonObject response) {
    try {
      return IntrospectionResponse.read(response);
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  private static void isBounded(ChangeFeed.Page page) {
    holds("a lease of at most a minute", page.lease().compareTo(Duration.ofMinutes(1)) <= 0);
    holds("a lease that is not negative", !page.lease().isNegative());
    same("a reason for no lease", page.lease().isZero(), page.withheld().isPresent());
    for (ChangeFeed.Entry entry : page.entries()) {
      holds("a nonce in hexadecimal", entry.nonce().hex().matches("([0-9a-f]{2}){1,32}"));
    }
    page.positionAfter(Optional.empty())
        .ifPresent(position -> same("the counter", page.lastNumber(), position.number()));
  }

  private static void isAccepted(TokenFacts facts) {
    Verification.Accepted token = facts.accepted();
    EntityRef owner = token.owner();
    same(
        "the owner that its text means",
        Optional.of(owner),
        owner.kind().equals(EntityRef.GROUP)
            ? EntityRef.parseGroup(owner.toString())
            : EntityRef.parseUser(owner.toString()));
    for (String scope : token.scopes()) {
      holds("a scope of RFC 6749", scope.matches("[\\x21\\x23-\\x5B\\x5D-\\x7E]+"));
    }
  }
}
