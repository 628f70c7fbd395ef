package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the creation of a token from its creator's view. */
abstract class CreateTokenTopic extends Topic {

  private static final String BASE62 =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final String INSTANT = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";

  @Test
  void responseHasTheTokenItsLocationAndTheSecretOnce() {
    ApiResult answer = alice.post(PATH, good().json()).expect(201);
    alice.exchanges().addRawToken(answer.json().getString("rawToken"));
    JsonObject token = answer.json().getJsonObject("token");
    assertEquals(Set.of("token", "rawToken"), answer.json().keySet());
    assertTrue(answer.headerLine("Content-Type").startsWith("application/json"), answer::toString);
    assertTrue(answer.headerLine("Cache-Control").contains("no-store"), answer::toString);
    String location = answer.header("Location").orElseThrow();
    assertTrue(location.endsWith(PATH + '/' + token.getString("id")), location);
    assertEquals(token, alice.get(alice.within(location)).ok());
  }

  @Test
  void newTokenHasEveryField() {
    Instant before = Instant.now().minusMillis(1);
    String name = TokenRequest.newName();
    TestToken made =
        tokens.create(
            good()
                .named(name)
                .withText("description", "Deploys")
                .scopes("techdocs:read", "catalog:read"));
    Instant after = Instant.now();
    JsonObject token = made.token();
    assertEquals(token.getString("id"), UUID.fromString(token.getString("id")).toString());
    assertEquals(name, token.getString("name"));
    assertEquals("Deploys", token.getString("description"));
    assertEquals(made.rawToken().substring(0, 12), token.getString("tokenPrefix"));
    assertEquals(PLATFORM, token.getString("groupEntityRef"));
    assertEquals(
        Json.createArrayBuilder(List.of("techdocs:read", "catalog:read")).build(),
        token.getJsonArray("scopes"));
    assertEquals("user:default/alice", token.getString("createdBy"));
    assertEquals("active", token.getString("status"));
    for (String field : List.of("createdAt", "expiresAt")) {
      assertTrue(token.getString(field).matches(INSTANT), field);
    }
    for (String field : List.of("lastUsedAt", "revokedAt", "revokedBy")) {
      assertEquals(JsonValue.NULL, token.get(field), field);
    }
    Instant createdAt = Instant.parse(token.getString("createdAt"));
    assertTrue(!createdAt.isBefore(before) && !createdAt.isAfter(after), token::toString);
  }

  @Test
  void createGetAndListReturnTheSameObject() {
    TestToken made = tokens.create(good().of(PAYMENTS));
    assertEquals(made.token(), tokens.get(made.id()));
    JsonObject listed =
        tokens.all("groupEntityRef=payments").stream()
            .filter(token -> token.getString("id").equals(made.id()))
            .findFirst()
            .orElseThrow();
    assertEquals(made.token(), listed);
  }

  @Test
  void rawTokenEndsWithItsChecksum() {
    for (int i = 0; i < 5; i++) {
      String raw = tokens.create().rawToken();
      assertTrue(raw.matches("bsat_[0-9A-Za-z]{43}"), raw);
      CRC32 crc = new CRC32();
      crc.update(raw.substring(0, 42).getBytes(StandardCharsets.US_ASCII));
      long value = 0;
      for (char digit : raw.substring(42).toCharArray()) {
        value = value * 62 + BASE62.indexOf(digit);
      }
      assertEquals(crc.getValue(), value);
    }
  }

  @ParameterizedTest(name = "expiresInDays {0}")
  @ValueSource(ints = {1, 2, 29, 30, 31, 364, 365})
  void tokenHasTheRequestedLifetimeInDays(int days) {
    JsonObject token = tokens.create(good().with("expiresInDays", "" + days)).token();
    assertEquals(Duration.ofDays(days), life(token));
    if (days != 30) {
      // A lifetime of exactly 30 days may be shorter when the response is written.
      assertEquals(days < 30 ? "expiring" : "active", token.getString("status"));
    }
  }

  @Test
  void tokenHasTheDefaultLifetimeWithoutAnExpiry() {
    assertEquals(Duration.ofDays(365), life(tokens.create().token()));
    assertEquals(
        Duration.ofDays(365),
        life(
            tokens.create(good().with("expiresAt", "null").with("expiresInDays", "null")).token()));
  }

  @Test
  void nullExpiryBesideTheOtherExpiryIsIgnored() {
    String at = Instant.now().plus(Duration.ofDays(40)).toString();
    JsonObject days =
        tokens.create(good().with("expiresInDays", "40").with("expiresAt", "null")).token();
    assertEquals(Duration.ofDays(40), life(days));
    tokens.create(good().withText("expiresAt", at).with("expiresInDays", "null"));
  }

  @ParameterizedTest(name = "expiresAt {0}")
  @ValueSource(
      strings = {
        "yyyy-12-31T12:00:00Z",
        "yyyy-12-31T12:00:00.5Z",
        "yyyy-12-31T12:00:00.123456789Z",
        "yyyy-12-31T12:00:00+02:00",
        "yyyy-12-31T12:00:00-11:30",
        "yyyy-12-31T12:00Z"
      })
  void expiryWithATimeZoneIsAccepted(String pattern) {
    // The end of the year is usually far away, and always within the maximum lifetime.
    Instant now = Instant.now();
    String year = now.toString().substring(0, 4);
    if (now.isAfter(Instant.parse(year + "-12-29T00:00:00Z"))) {
      year = "" + (Integer.parseInt(year) + 1);
      pattern = pattern.replace("-12-31", "-06-30");
    }
    String text = pattern.replace("yyyy", year);
    JsonObject token = tokens.create(good().withText("expiresAt", text)).token();
    Instant expected = OffsetDateTime.parse(text).toInstant();
    assertEquals(
        expected.toEpochMilli(), Instant.parse(token.getString("expiresAt")).toEpochMilli());
  }

  @Test
  void expiryUpToTheMaximumIsAccepted() {
    Instant max = Instant.now().plus(Duration.ofDays(365));
    tokens.create(good().withText("expiresAt", max.minusSeconds(2).toString()));
    tokens
        .tryCreate(good().withText("expiresAt", max.plusSeconds(60).toString()))
        .violates("expiresAt");
  }

  @Test
  void unknownFieldsAreIgnored() {
    JsonObject token =
        tokens
            .create(
                good()
                    .with("id", "\"" + NO_ID + '"')
                    .with("createdBy", "\"user:default/eve\"")
                    .with("rawToken", "\"bsat_mine\"")
                    .with("status", "7")
                    .with("futureField", "{\"a\":[1,null,{\"b\":true}]}"))
            .token();
    assertNotEquals(NO_ID, token.getString("id"));
    assertEquals("user:default/alice", token.getString("createdBy"));
  }

  @Test
  void trailingSlashIsOptional() {
    alice.post(PATH + '/', "{}").problem(422);
    alice.post(PATH, "{}").problem(422);
    alice.get(PATH + '/').ok();
    alice.get(PATH).ok();
  }

  @Test
  void everyWrongFieldIsReported() {
    ApiResult answer = alice.post(PATH, "{\"name\":\"A\",\"scopes\":[],\"expiresInDays\":0}");
    for (String field :
        List.of("name", "description", "groupEntityRef", "scopes", "expiresInDays")) {
      answer.violates(field);
    }
  }

  static Duration life(JsonObject token) {
    return Duration.between(
        Instant.parse(token.getString("createdAt")), Instant.parse(token.getString("expiresAt")));
  }
}
