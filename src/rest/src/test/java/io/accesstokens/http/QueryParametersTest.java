package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.http.input.AuditLogParameters;
import io.accesstokens.http.input.Cursor;
import io.accesstokens.http.input.ListParameters;
import io.accesstokens.http.input.QueryParameters;
import io.accesstokens.http.problem.MalformedRequestException;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.token.query.ListPosition;
import io.accesstokens.token.query.TokenOrder;
import jakarta.json.JsonObject;
import java.net.URI;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QueryParametersTest {

  private final ApiFixture api = new ApiFixture();
  private final String id =
      api.create("n", "[\"catalog:read\"]").getJsonObject("token").getString("id");

  @ParameterizedTest
  @CsvSource({
    "limit=501,limit",
    "limit=-1,limit",
    "limit=+5,limit",
    "limit=5.0,limit",
    "limit=1e2,limit",
    "limit=0x10,limit",
    "limit=5%205,limit",
    "limit=%D9%A5,limit",
    "limit=%20,limit",
    "limit=99999999999999999999,limit",
    "limit=1&limit=1,limit",
    "limit=&limit=1,limit",
    "offset=-1,offset",
    "offset=10001,offset",
    "offset=2147483648,offset",
    "offset=99999999999999999999,offset",
    "offset=x,offset",
    "status=ACTIVE,status",
    "status=dead,status",
    "status=%00,status",
    "'status=active,revoked',status",
    "status=active&status=expired,status",
    "groupEntityRef=user:default/alice,groupEntityRef",
    "groupEntityRef=a/b/c,groupEntityRef",
    "groupEntityRef=%20,groupEntityRef",
    "groupEntityRef=%00,groupEntityRef",
    "groupEntityRef=group:,groupEntityRef",
    "groupEntityRef=platform&groupEntityRef=a/b/c,groupEntityRef",
    "after=x,after",
    "after=AAAA,after",
    "after=-1,after",
    "after=%F0%9F%94%91,after",
    "q=%20,q",
    "q=a%00b,q",
    "q=a%0Ab,q",
    "q=a&q=b,q",
    "sort=created,sort",
    "sort=--name,sort",
    "sort=NAME,sort",
    "sort=-,sort",
    "sort=name&sort=-name,sort",
    "createdBy=group:default/platform,createdBy",
    "createdBy=a/b/c,createdBy",
    "createdBy=service-token:%00,createdBy",
    "live=1,live",
    "live=TRUE,live",
    "neverUsed=yes,neverUsed",
    "rotating=yes,rotating",
    "expiresAfter=2027-01-31,expiresAfter",
    "expiresAfter=1969-12-31T23:59:59Z,expiresAfter",
    "expiresAfter=%2B10000-01-01T00:00:00Z,expiresAfter",
    "expiresAfter=2027-01-31T12:00:00Z&expiresAfter=2027-02-28T12:00:00Z,expiresAfter",
    "expiresBefore=2027-01-31,expiresBefore",
    "expiresBefore=2027-01-31T12:00:00,expiresBefore",
    "expiresBefore=2027-13-31T12:00:00Z,expiresBefore",
    "expiresBefore=1969-12-31T23:59:59Z,expiresBefore",
    "expiresBefore=%2B10000-01-01T00:00:00Z,expiresBefore",
    "expiresBefore=-999999999-01-01T00:00:00Z,expiresBefore",
    "lastUsedBefore=now,lastUsedBefore",
    "unusedSince=1798132906,unusedSince",
    "after=%FF,query"
  })
  void aWrongParameterIsNamed(String query, String field) {
    ApiFixture.Answer answer = api.as("bob").get(ApiFixture.SERVICE + "?" + query).expect(400);
    assertEquals(List.of(field), answer.fields());
  }

  @Test
  void allErrorsAreReportedAtOnce() {
    assertEquals(
        List.of("limit", "offset", "status", "groupEntityRef", "after"),
        api.as("bob")
            .get(ApiFixture.SERVICE + "?limit=x&offset=x&status=x&groupEntityRef=:&after=x")
            .expect(400)
            .fields());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=0",
        "limit=500",
        "limit=05",
        "offset=10000",
        "status=active",
        "q=%25_!%5C%27",
        "q=%20a%20",
        "sort=name",
        "sort=-groupEntityRef",
        "q=&sort=&createdBy=&live=&expiresAfter=&expiresBefore=&lastUsedBefore=&unusedSince=&neverUsed=&rotating=",
        "createdBy=alice",
        "createdBy=service-token:group:default/platform:ci",
        "live=true&neverUsed=false&rotating=false",
        "expiresBefore=2027-01-31T12:00:00%2B01:00&lastUsedBefore=1970-01-01T00:00:00Z",
        "expiresAfter=2027-01-31T12:00:00%2B01:00&expiresBefore=2027-01-31T11:00:00Z",
        "unusedSince=9999-12-31T23:59:59.999999Z",
        "groupEntityRef=unknown",
        "groupEntityRef=platform&groupEntityRef=payments&groupEntityRef=",
        "groupEntityRef=%20GROUP%3Adefault%2Fplatform+",
        "unknown=1&unknown=2",
        "&&=&",
        "l%69mit=7"
      })
  void validQueriesAreAccepted(String query) {
    api.as("bob").get(ApiFixture.SERVICE + "?" + query).expect(200);
  }

  @Test
  void spacesAroundAnActorAreIgnored() {
    String subject = "service-token:group:default/platform:ci";
    assertEquals(Optional.of(subject), creatorOf("+" + subject + "%20"));
    assertEquals(Optional.of(subject), actorOf("+" + subject + "%20"));
    assertEquals(Optional.of("command:import-backstage"), actorOf("+command:import-backstage%20"));
  }

  private static Optional<String> actorOf(String value) {
    QueryParameters query = QueryParameters.ofQuery("actor=" + value);
    return AuditLogParameters.filter(query, AuditLogFilter.Kind.SERVICE).actor();
  }

  private static Optional<String> creatorOf(String value) {
    return ListParameters.read(QueryParameters.ofQuery("createdBy=" + value)).filter().createdBy();
  }

  @Test
  void emptyParameterCountsAsAbsent() {
    String plain = api.as("bob").get(ApiFixture.SERVICE).expect(200).text();
    for (String query :
        List.of(
            "",
            "limit",
            "status",
            "limit=",
            "offset=",
            "status=",
            "groupEntityRef=",
            "after=",
            "limit=&offset=&status=&groupEntityRef=&after=",
            "unknown=1")) {
      assertEquals(
          plain, api.as("bob").get(ApiFixture.SERVICE + "?" + query).expect(200).text(), query);
    }
  }

  @Test
  void queryIsLimitedTo100Parameters() {
    String query = ApiFixture.SERVICE + "?limit=1" + "&x=y".repeat(99);
    assertEquals(1, api.as("bob").get(query).expect(200).json().getInt("limit"));
    ApiFixture.Answer answer = api.as("bob").get(query + "&x=y").expect(400);
    assertEquals(List.of("query"), answer.fields());
  }

  @ParameterizedTest
  @ValueSource(strings = {"limit=501", "limit=x", "offset=-1", "limit=1&limit=1"})
  void auditLogIsPagedByTheSameRules(String query) {
    api.as("bob").get(ApiFixture.SERVICE + "/" + id + "/audit?" + query).expect(400);
    JsonObject page =
        api.as("bob")
            .get(ApiFixture.SERVICE + "/" + id + "/audit?limit=0&offset=7")
            .expect(200)
            .json();
    assertEquals(1, page.getInt("total"));
    assertEquals(0, page.getJsonArray("events").size());
    assertEquals(7, page.getInt("offset"));
  }

  @Test
  void brokenPercentEncodingIsRefusedAndNotAFailure() {
    for (String query : List.of("limit=%", "limit=%4", "limit=%zz", "limit=%C3%28", "%=1")) {
      // java.net.URI rejects the first three texts itself, so this compares the text.
      URI uri = uri(query);
      if (uri.getRawQuery().equals(query)) {
        Assertions.assertThrows(
            MalformedRequestException.class, () -> ListParameters.read(QueryParameters.of(uri)));
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
        api.as("bob").get(ApiFixture.SERVICE + "?offset=1&after=" + cursor).expect(400).fields());
    api.as("bob").get(ApiFixture.SERVICE + "?offset=0&after=" + cursor).expect(200);
  }

  @Test
  void cursorRoundTrips() {
    for (String instant :
        List.of(
            "2026-01-02T03:04:05.678Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z")) {
      ListPosition position = new ListPosition(Instant.parse(instant), new UUID(-5, 7));
      assertEquals(
          Optional.of(position), Cursor.read(Cursor.write(position), TokenOrder.Key.CREATED_AT));
    }
  }

  @Test
  void malformedCursorsAreRejected() {
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
      assertTrue(Cursor.read(text, TokenOrder.Key.CREATED_AT).isEmpty(), text);
    }
    // The last character encodes two unused bits.
    char last = good.charAt(good.length() - 1);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char stray = alphabet.charAt(alphabet.indexOf(last) + 1);
    assertEquals(
        Optional.empty(),
        Cursor.read(good.substring(0, good.length() - 1) + stray, TokenOrder.Key.CREATED_AT));
  }

  @Test
  void aSearchHasABoundedLength() {
    String emoji = "%F0%9F%98%80";
    api.as("bob").get(ApiFixture.SERVICE + "?q=" + emoji.repeat(200)).expect(200);
    assertEquals(
        List.of("q"),
        api.as("bob").get(ApiFixture.SERVICE + "?q=" + emoji.repeat(201)).expect(400).fields());
  }

  @ParameterizedTest
  @EnumSource
  void cursorIsValidOnlyForItsSortKey(TokenOrder.Key key) {
    String value =
        switch (key) {
          case CREATED_AT -> "";
          case NAME -> "ci";
          case EXPIRES_AT, LAST_USED_AT -> "001772366400123000";
          case CREATED_BY -> "user:default/\uD83D\uDE00";
          case STATUS -> "3";
          case GROUP -> "group:default/\u00e9";
        };
    ListPosition position = new ListPosition(key, value, Instant.EPOCH, new UUID(1, 2));
    assertTrue(position.isPossible(), position::toString);
    String cursor = Cursor.write(position);
    for (TokenOrder.Key other : TokenOrder.Key.values()) {
      Optional<ListPosition> read = Cursor.read(cursor, other);
      assertEquals(other == key ? Optional.of(position) : Optional.empty(), read);
      api.as("bob")
          .get(ApiFixture.SERVICE + "?sort=-" + other.text() + "&after=" + cursor)
          .expect(other == key ? 200 : 400);
    }
  }

  @Test
  void cursorWithAnImpossibleValueIsRejected() {
    List<ListPosition> impossible =
        List.of(
            new ListPosition(TokenOrder.Key.STATUS, "4", Instant.EPOCH, new UUID(1, 2)),
            new ListPosition(TokenOrder.Key.STATUS, "", Instant.EPOCH, new UUID(1, 2)),
            new ListPosition(TokenOrder.Key.EXPIRES_AT, "1", Instant.EPOCH, new UUID(1, 2)),
            new ListPosition(
                TokenOrder.Key.EXPIRES_AT, "999999999999999999", Instant.EPOCH, new UUID(1, 2)),
            new ListPosition(TokenOrder.Key.NAME, "\0", Instant.EPOCH, new UUID(1, 2)),
            new ListPosition(TokenOrder.Key.NAME, "a".repeat(801), Instant.EPOCH, new UUID(1, 2)));
    for (ListPosition position : impossible) {
      assertTrue(Cursor.read(Cursor.write(position), position.key()).isEmpty(), position.value());
    }
  }
}
