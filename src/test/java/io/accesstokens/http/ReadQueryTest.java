package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.ListPosition;
import jakarta.json.JsonObject;
import java.net.URI;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadQueryTest {

  private final Api api = new Api();

  @ParameterizedTest
  @CsvSource({
    "limit=501,limit",
    "limit=-1,limit",
    "limit=+5,limit",
    "limit=5.0,limit",
    "limit=1e2,limit",
    "limit=%D9%A5,limit",
    "limit=%20,limit",
    "limit=99999999999999999999,limit",
    "limit=1&limit=1,limit",
    "limit=&limit=1,limit",
    "offset=-1,offset",
    "offset=2147483648,offset",
    "offset=x,offset",
    "status=ACTIVE,status",
    "status=dead,status",
    "status=active&status=expired,status",
    "groupEntityRef=user:default/alice,groupEntityRef",
    "groupEntityRef=a/b/c,groupEntityRef",
    "groupEntityRef=%20,groupEntityRef",
    "groupEntityRef=group:,groupEntityRef",
    "after=x,after",
    "after=%FF,query"
  })
  void aWrongParameterIsNamed(String query, String field) {
    Api.Answer answer = api.as("bob").get(Api.SERVICE + "?" + query).expect(400);
    assertEquals(List.of(field), answer.fields());
  }

  @Test
  void allThatIsWrongIsToldAtOnce() {
    assertEquals(
        List.of("limit", "offset", "status", "groupEntityRef", "after"),
        api.as("bob")
            .get(Api.SERVICE + "?limit=x&offset=x&status=x&groupEntityRef=:&after=x")
            .expect(400)
            .fields());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=0",
        "limit=500",
        "limit=&offset=&status=&groupEntityRef=&after=",
        "limit",
        "offset=2147483647",
        "status=active",
        "groupEntityRef=nobody",
        "groupEntityRef=%20GROUP%3Adefault%2Fplatform+",
        "unknown=1&unknown=2",
        "&&=&",
        "l%69mit=7"
      })
  void theseAreFine(String query) {
    api.as("bob").get(Api.SERVICE + "?" + query).expect(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"limit=501", "limit=x", "offset=-1", "limit=1&limit=1"})
  void theAuditTrailIsPagedByTheSameRules(String query) {
    String id = api.create("n", "[\"catalog:read\"]").getJsonObject("token").getString("id");
    api.as("bob").get(Api.SERVICE + "/" + id + "/audit?" + query).expect(400);
    JsonObject page =
        api.as("bob").get(Api.SERVICE + "/" + id + "/audit?limit=0&offset=7").expect(200).json();
    assertEquals(1, page.getInt("total"));
    assertEquals(0, page.getJsonArray("events").size());
    assertEquals(7, page.getInt("offset"));
  }

  @Test
  void brokenPercentEncodingIsRefusedAndNotAFailure() {
    for (String query : List.of("limit=%", "limit=%4", "limit=%zz", "limit=%C3%28", "%=1")) {
      // java.net.URI refuses the first three itself, so this looks at the text.
      URI uri = uri(query);
      if (uri.getRawQuery().equals(query)) {
        Assertions.assertThrows(BadRequest.class, () -> QueryParameters.of(uri).tokenQuery());
      }
    }
  }

  private static URI uri(String query) {
    try {
      return URI.create("http://h/?" + query);
    } catch (IllegalArgumentException e) {
      return URI.create("http://h/?" + query.replace("%", "%25"));
    }
  }

  @Test
  void aCursorAndAnOffsetExcludeEachOther() {
    String cursor = Cursor.write(new ListPosition(Instant.now(), new UUID(1, 2)));
    assertEquals(
        List.of("after"),
        api.as("bob").get(Api.SERVICE + "?offset=1&after=" + cursor).expect(400).fields());
    api.as("bob").get(Api.SERVICE + "?offset=0&after=" + cursor).expect(200);
  }

  @Test
  void aCursorComesBackAsItWas() {
    for (String instant :
        List.of(
            "2026-01-02T03:04:05.678Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z")) {
      ListPosition position = new ListPosition(Instant.parse(instant), new UUID(-5, 7));
      assertEquals(Optional.of(position), Cursor.read(Cursor.write(position)));
    }
  }

  @Test
  void nothingElseIsACursor() {
    String good = Cursor.write(new ListPosition(Instant.now(), new UUID(1, 2)));
    byte[] bytes = Base64.getUrlDecoder().decode(good);
    bytes[0] = 2;
    String otherVersion = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    bytes[0] = 1;
    bytes[1] = (byte) 0x80;
    String before1970 = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    bytes[1] = 0x7F;
    String farFuture = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    for (String text :
        List.of(
            "",
            "A",
            good + "A",
            good + "==",
            good.substring(1),
            otherVersion,
            before1970,
            farFuture,
            "\u00E9".repeat(34))) {
      assertTrue(Cursor.read(text).isEmpty(), text);
    }
    // The last character has two bits to spare.
    char last = good.charAt(good.length() - 1);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char stray = alphabet.charAt(alphabet.indexOf(last) + 1);
    assertTrue(Cursor.read(good.substring(0, good.length() - 1) + stray).isEmpty());
  }
}
