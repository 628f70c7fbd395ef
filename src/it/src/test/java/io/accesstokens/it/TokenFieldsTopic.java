package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static io.accesstokens.testing.client.TokenRequest.quote;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the values of each field of a new token on both sides of each limit. */
abstract class TokenFieldsTopic extends Topic {

  private static final String EMOJI = "\uD83D\uDD11";

  static Stream<Arguments> goodNames() {
    // Each token is revoked again, so that the suite can run twice on the same data.
    return Stream.of("a", "-", "0", "---", "a-b-9", "x".repeat(100), "0".repeat(99) + "-")
        .map(name -> arguments(shown(name)));
  }

  @ParameterizedTest(name = "name {0}")
  @MethodSource("goodNames")
  void validNameIsAccepted(String name) {
    var made = tokens.create(good().named(name));
    assertEquals(name, made.name());
    tokens.revoke(made.id());
  }

  static Stream<Arguments> badFields() {
    return Stream.of(
            bad("name", texts("", " ", "A", "aB", " a", "a ", "a\n", "a\r\n", "a_b", "a.b", "a/b")),
            bad(
                "name",
                texts("\u00e4", "\u0661", "\uff41", "a\u0301", EMOJI, "a\u0000", "a\u200b")),
            bad("name", texts("x".repeat(101), "-".repeat(1000))),
            bad("name", List.of("1", "1.5", "true", "[]", "[\"a\"]", "{}", "null")),
            bad("description", texts("", " ", "\t\n", "\u00a0", "\u2003", "x".repeat(501))),
            bad("description", texts("\u00e4".repeat(501), EMOJI.repeat(501))),
            bad("description", List.of("1", "false", "[]", "[\"a\"]", "{}", "null")),
            bad("scopes", List.of("[]", "{}", "\"catalog:read\"", "7", "true", "null")),
            bad("scopes", List.of("[1]", "[true]", "[null]", "[{}]", "[[\"catalog:read\"]]")),
            bad("scopes", List.of("[\"\"]", "[\"nope\"]", "[\"catalog:read\",\"nope\"]")),
            bad("scopes", List.of("[\"Catalog:read\"]", "[\" catalog:read\"]", "[\"catalog:*\"]")),
            bad("scopes", List.of("[\"catalog:read catalog:write\"]", "[\"catalog:read\",null]")),
            bad("scopes", List.of("[\"access-tokens:service:read\"]", "[\"openid\"]")),
            bad("groupEntityRef", texts("", " ", "group:", "group:/platform", "/platform", ":")),
            bad("groupEntityRef", texts("group:default/", "group:default/platform/x", "a:b:c")),
            bad("groupEntityRef", texts(":platform", "group::platform", "group:group:platform")),
            bad("groupEntityRef", texts("user:default/alice", "component:default/platform")),
            bad("groupEntityRef", texts("group:default/nope", "nope", "group:other/platform")),
            bad("groupEntityRef", texts("group:default/" + "x".repeat(241), "plat form")),
            bad("groupEntityRef", texts("group:default/platform\u0000", "x".repeat(20_000))),
            bad("groupEntityRef", List.of("1", "true", "[]", "{}", "null")),
            bad("groupEntityRef", List.of("[\"group:default/platform\"]")),
            bad("expiresInDays", List.of("0", "-1", "366", "1.5", "365.5", "1e9", "-0")),
            bad("expiresInDays", List.of("2147483648", "4294967297", "99999999999999999999")),
            bad("expiresInDays", List.of("9223372036854775808", "18446744073709551617", "1e400")),
            bad("expiresInDays", List.of("\"30\"", "\"\"", "true", "false", "[]", "[30]", "{}")),
            bad("expiresAt", texts("", " ", "tomorrow", "2020-01-01T00:00:00Z")),
            bad("expiresAt", texts("1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z")),
            bad("expiresAt", texts("+1000000000-12-31T23:59:59Z", "-0001-01-01T00:00:00Z")),
            bad("expiresAt", texts("2027-01-01", "2027-01-01T00:00:00", "2027-02-30T00:00:00Z")),
            bad("expiresAt", texts("2027-13-01T00:00:00Z", "2027-01-01T25:00:00Z", "1893456000")),
            bad("expiresAt", texts("2027-01-01T00:00:00+99:00", "Fri, 01 Jan 2027 00:00:00 GMT")),
            bad("expiresAt", List.of("1893456000", "1893456000000", "true", "[]", "{}")))
        .flatMap(rows -> rows);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("badFields")
  void wrongFieldIsRejected(String field, String rawJson) {
    tokens.tryCreate(good().with(field, rawJson)).violates(field);
  }

  @ParameterizedTest(name = "without {0}")
  @ValueSource(strings = {"name", "description", "groupEntityRef", "scopes"})
  void missingRequiredFieldIsRejected(String field) {
    tokens.tryCreate(good().without(field)).violates(field);
  }

  @Test
  void bothExpiryFieldsAreRejected() {
    String later = Instant.now().plus(Duration.ofDays(30)).toString();
    var answer = tokens.tryCreate(good().with("expiresInDays", "30").withText("expiresAt", later));
    answer.problem(422);
    assertEquals(
        List.of(), answer.violatedFields().stream().filter(f -> !f.startsWith("expires")).toList());
  }

  static Stream<Arguments> goodDescriptions() {
    return Stream.of(
            "x",
            "  kept as it is  ",
            "x".repeat(500),
            "\u00e4".repeat(500),
            EMOJI.repeat(500),
            "a\nb\tc",
            "\"quoted\" \\ back / slash",
            "<script>alert(1)</script>",
            "%00 %n ${env}",
            "\u0645\u0631\u062d\u0628\u0627",
            "e\u0301",
            "'; drop table x; --",
            "a\u2028b\u2029c",
            "{0}")
        .map(text -> arguments(shown(text)));
  }

  @ParameterizedTest(name = "description {0}")
  @MethodSource("goodDescriptions")
  void descriptionIsStoredUnchanged(String description) {
    var made = tokens.create(good().withText("description", description));
    assertEquals(description, made.token().getString("description"));
    assertEquals(description, tokens.get(made.id()).getString("description"));
  }

  @ParameterizedTest(name = "description {0}")
  @ValueSource(
      strings = {"\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"a\\udc00\"", "\"\\ud800x\""})
  void textThatNoDatabaseStoresCausesNoInternalError(String rawJson) {
    tokens.tryCreate(good().with("description", rawJson)).expectOneOf(201, 400, 422);
  }

  @Test
  void duplicateScopesAreRemovedInOrder() {
    var made =
        tokens.create(
            good().scopes("techdocs:read", "catalog:read", "techdocs:read", "catalog:read"));
    assertEquals("[\"techdocs:read\",\"catalog:read\"]", "" + made.token().get("scopes"));
    assertEquals("[\"techdocs:read\",\"catalog:read\"]", "" + tokens.get(made.id()).get("scopes"));
  }

  @Test
  void everyScopeOfTheCatalogIsAccepted() {
    var made =
        tokens.create(
            good()
                .scopes(
                    "scaffolder:execute",
                    "scaffolder:read",
                    "techdocs:read",
                    "catalog:write",
                    "catalog:read"));
    assertEquals(5, made.token().getJsonArray("scopes").size());
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "platform",
        "default/platform",
        "group:platform",
        "group:default/platform",
        "Group:default/platform",
        "GROUP:platform",
        "gRoUp:default/platform",
        "group:DEFAULT/platform",
        "group:default/PLATFORM",
        "Platform",
        "\" platform \"",
        "\"\tgroup:default/platform\n\"",
        "\" group:platform\""
      })
  void groupIsStoredInItsCanonicalForm(String ref) {
    var made = tokens.create(good().of(ref));
    assertEquals(PLATFORM, made.token().getString("groupEntityRef"));
    assertEquals(PLATFORM, tokens.get(made.id()).getString("groupEntityRef"));
  }

  @Test
  void nameIsUniqueInAGroupInAnyCase() {
    String name = tokens.create(good().of("group:default/platform")).name();
    tokens.tryCreate(good().named(name).of("Group:Default/PLATFORM")).problem(409);
  }

  @Test
  void everySampleGroupIsAccepted() {
    for (String group : List.of("platform", "payments", "guests")) {
      tokens.create(good().of(group));
    }
  }

  private static Stream<Arguments> bad(String field, List<String> rawJsons) {
    return rawJsons.stream().map(rawJson -> arguments(field, shown(rawJson)));
  }

  private static List<String> texts(String... texts) {
    return Stream.of(texts).map(text -> quote(text)).toList();
  }

  /** Names a long text by its length in reports. */
  private static Named<String> shown(String text) {
    int length = text.codePointCount(0, text.length());
    String name = length > 60 ? text.substring(0, 10) + "… (" + length + ")" : quote(text);
    return Named.of(name, text);
  }
}
