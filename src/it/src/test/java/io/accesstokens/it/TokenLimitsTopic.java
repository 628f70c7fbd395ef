package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.path;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.accesstokens.testing.Parallel;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.TestToken;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests tokens that are limited to client addresses, or to a number of requests per minute. */
abstract class TokenLimitsTopic extends Topic {

  private static final String LOOPBACK = "[\"127.0.0.0/8\",\"::1\"]";
  private static final String ELSEWHERE = "[\"192.0.2.0/24\",\"2001:db8::/32\"]";

  private TestToken limitedTo(String addresses) {
    return tokens.create(good().with("allowedAddresses", addresses));
  }

  private static String addresses(String addresses) {
    return "{\"allowedAddresses\":" + addresses + '}';
  }

  private ApiResult use(TestToken made) {
    return anonymous.bearer(made.rawToken()).get(WHOAMI);
  }

  @Test
  void limitsAreShown() {
    TestToken free = tokens.create();
    assertEquals(JsonValue.NULL, free.token().get("allowedAddresses"));
    assertEquals(JsonValue.NULL, free.token().get("requestsPerMinute"));
    TestToken made =
        tokens.create(
            good().with("allowedAddresses", LOOPBACK).with("requestsPerMinute", "1000000"));
    assertEquals(LOOPBACK, "" + made.token().get("allowedAddresses"));
    assertEquals(1_000_000, made.token().getInt("requestsPerMinute"));
    assertEquals(made.token(), tokens.get(made.id()));
    TestToken none =
        tokens.create(good().with("allowedAddresses", "null").with("requestsPerMinute", "null"));
    assertEquals(JsonValue.NULL, none.token().get("allowedAddresses"));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.0.0.0/8",
    "192.0.2.1/32, 192.0.2.1",
    "::ffff:192.0.2.1, 192.0.2.1",
    "::ffff:10.0.0.0/104, 10.0.0.0/8",
    "2001:0DB8:0:0::/32, 2001:db8::/32",
    "0:0:0:0:0:0:0:1, ::1",
    "0.0.0.0/0, 0.0.0.0/0",
  })
  void addressesAreStoredInTheirCanonicalForm(String text, String canonical) {
    TestToken made = limitedTo("[\"" + text + "\",\"" + canonical + "\"]");
    assertEquals("[\"" + canonical + "\"]", "" + made.token().get("allowedAddresses"));
    assertEquals(made.token(), tokens.get(made.id()));
  }

  @Test
  void fiftyAddressesAreStored() {
    TestToken made = limitedTo(many(50));
    assertEquals(50, tokens.get(made.id()).getJsonArray("allowedAddresses").size());
    use(made).problem(401);
  }

  private static String many(int count) {
    StringBuilder list = new StringBuilder("[\"2001:db8:ffff:ffff:ffff:ffff:ffff:ffff\"");
    for (int i = 1; i < count; i++) {
      list.append(",\"2001:db8:ffff:ffff:ffff:ffff:ffff:").append(Integer.toHexString(i + 4096));
      list.append('"');
    }
    return list.append(']').toString();
  }

  static Stream<Arguments> badLimits() {
    // AddressRangeTest tests more texts that are no range.
    Stream<String> texts =
        Stream.of(
            "10.0.0.0/33", "10.0.0.1/8", "2001:db8::1/32", "::ffff:10.0.0.1/104", " 10.0.0.1");
    return Stream.of(
            texts.map(text -> arguments("allowedAddresses", "[\"" + text + "\"]")),
            Stream.of("[]", "\"10.0.0.1\"", "{}", "1", "true", "[null]", "[1]", "[[\"10.0.0.1\"]]")
                .map(value -> arguments("allowedAddresses", value)),
            Stream.of(
                arguments("allowedAddresses", Named.of("51 ranges", many(51))),
                arguments(
                    "allowedAddresses",
                    Named.of("a long text", "[\"" + "1".repeat(50_000) + "\"]"))),
            Stream.of(
                    "0",
                    "-1",
                    "1000001",
                    "1.5",
                    "1e7",
                    "1e999999999",
                    "-1e999999999",
                    "99999999999999999999",
                    "9223372036854775807",
                    "\"5\"",
                    "[5]",
                    "{}",
                    "true")
                .map(value -> arguments("requestsPerMinute", value)))
        .flatMap(stream -> stream);
  }

  @ParameterizedTest(name = "[{index}] {0}: {1}")
  @MethodSource("badLimits")
  void wrongLimitIsRejected(String field, String value) {
    tokens.tryCreate(good().with(field, value)).violates(field);
    TestToken made = tokens.create();
    tokens.tryUpdate(made.id(), "{\"" + field + "\":" + value + '}').violates(field);
    assertEquals(made.token(), tokens.get(made.id()));
  }

  @Test
  void messageSaysWhatIsWrongWithARange() {
    ApiResult answer =
        tokens.tryCreate(good().with("allowedAddresses", "[\"10.0.0.0/8\",\"10.0.0.1/8\",\"x\"]"));
    answer.violates("allowedAddresses");
    for (String part :
        List.of("allowedAddresses[1]", "allowedAddresses[2]", "only zero bits after the prefix")) {
      assertTrue(answer.text().contains(part), answer::text);
    }
  }

  @Test
  void tokenIsRefusedFromOtherAddresses() {
    TestToken here = limitedTo(LOOPBACK);
    TestToken elsewhere = limitedTo(ELSEWHERE);
    use(here).ok();
    ApiResult refused = use(elsewhere).problem(401);
    ApiResult junk = anonymous.bearer("bsat_junk").get(WHOAMI).problem(401);
    assertEquals(junk.untracedText(), refused.untracedText(), "the uniform response");
    assertEquals(junk.headers("WWW-Authenticate"), refused.headers("WWW-Authenticate"));
    anonymous.bearer(here.rawToken()).get(VerifyTopic.VERIFY).expect(204);
    anonymous.bearer(elsewhere.rawToken()).get(VerifyTopic.VERIFY).problem(401);
    for (String header : List.of("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP")) {
      String forged = header.equals("Forwarded") ? "for=192.0.2.1" : "192.0.2.1";
      anonymous
          .bearer(elsewhere.rawToken())
          .call("GET", WHOAMI)
          .header(header, forged)
          .send()
          .problem(401);
    }
  }

  @Test
  void refusedUsesAreCounted() {
    TestToken made = limitedTo(ELSEWHERE);
    for (int i = 0; i < 3; i++) {
      use(made).problem(401);
    }
    JsonObject refused =
        Awaitility.await()
            .until(
                () -> alice.get(path(made.id()) + "/usage").ok().getJsonObject("refused"),
                uses -> uses.getInt("count") == 3);
    assertEquals(3, refused.getInt("address"));
    assertEquals("127.0.0.1", refused.getString("lastAddress"));
    assertEquals(JsonValue.NULL, tokens.get(made.id()).get("lastUsedAt"));
  }

  @Test
  void introspectionDependsOnTheClient() {
    TestToken made = limitedTo(ELSEWHERE);
    assertEquals("{\"active\":false}", introspect(made, "").text());
    assertEquals("{\"active\":false}", introspect(made, "&client_address=127.0.0.1").text());
    JsonObject active = introspect(made, "&client_address=192.0.2.9").ok();
    assertTrue(active.getBoolean("active"), active::toString);
    assertEquals(ELSEWHERE, "" + active.get("allowed_addresses"));
    introspect(made, "&client_address=nowhere").expect(400);
  }

  private ApiResult introspect(TestToken made, String more) {
    return alice.form("/api/access-tokens/introspect", "token=" + made.rawToken() + more);
  }

  @Test
  void changedAddressesAreInEffectFromTheResponseOn() {
    TestToken made = tokens.create();
    for (int i = 0; i < 5; i++) {
      use(made).ok();
      tokens.update(made.id(), addresses(ELSEWHERE));
      use(made).problem(401);
      tokens.update(made.id(), addresses(LOOPBACK));
      use(made).ok();
      tokens.update(made.id(), addresses(ELSEWHERE));
      use(made).problem(401);
      tokens.update(made.id(), addresses("null"));
    }
    use(made).ok();
    JsonObject token = tokens.get(made.id());
    assertEquals(JsonValue.NULL, token.get("allowedAddresses"));
    assertEquals(
        withoutLastUse(token),
        withoutLastUse(tokens.update(made.id(), addresses("null"))),
        "nothing to remove");
    JsonObject removed = tokens.events(made.id()).get(0).getJsonObject("metadata");
    assertEquals("allowedAddresses", removed.getString("fields"));
    assertEquals("192.0.2.0/24 2001:db8::/32", removed.getString("allowedAddresses.old"));
    assertEquals("", removed.getString("allowedAddresses.new"));
    assertEquals(21, tokens.events(made.id()).size());
  }

  /** Returns a token without the time that the service writes some seconds after a use. */
  private static JsonObject withoutLastUse(JsonObject token) {
    return Json.createObjectBuilder(token).remove("lastUsedAt").build();
  }

  @Test
  void limitedTokenCanBeRevokedFromAnywhere() {
    TestToken made = limitedTo(ELSEWHERE);
    anonymous.form(OAuthTopic.REVOKE, "token=" + made.rawToken()).expect(200);
    assertEquals("revoked", tokens.get(made.id()).getString("status"));
  }

  @Test
  void requestsBeyondTheRateAreLimited() {
    TestToken made = tokens.create(good().with("requestsPerMinute", "5"));
    Api bearer = anonymous.bearer(made.rawToken());
    for (int i = 0; i < 5; i++) {
      (i % 2 == 0 ? bearer.get(WHOAMI) : bearer.get(VerifyTopic.VERIFY)).expectOneOf(200, 204);
    }
    for (String limited : List.of(WHOAMI, VerifyTopic.VERIFY, PATH)) {
      ApiResult answer = bearer.get(limited).problem(429);
      int wait = Integer.parseInt(answer.headerLine("Retry-After"));
      assertTrue(wait >= 1 && wait <= 60, answer::toString);
      assertEquals("\"token\";q=5;w=60", answer.headerLine("RateLimit-Policy"));
      assertEquals("\"token\";r=0;t=" + wait, answer.headerLine("RateLimit"));
    }
    ApiResult oauth = bearer.form("/api/access-tokens/introspect", "token=x").expect(429);
    assertEquals("temporarily_unavailable", oauth.json().getString("error"));
    assertEquals("\"token\";q=5;w=60", oauth.headerLine("RateLimit-Policy"));
    use(tokens.create()).ok();
    tokens.update(made.id(), "{\"requestsPerMinute\":6}");
    bearer.get(WHOAMI).ok();
    bearer.get(WHOAMI).problem(429);
    tokens.update(made.id(), "{\"requestsPerMinute\":null}");
    bearer.get(WHOAMI).ok();
    tokens.update(made.id(), "{\"requestsPerMinute\":1}");
    bearer.get(WHOAMI).problem(429);
    tokens.revoke(made.id());
    bearer.get(WHOAMI).problem(401);
  }

  @Test
  void parallelRequestsStayWithinTheRate() throws Exception {
    TestToken made = tokens.create(good().with("requestsPerMinute", "10"));
    List<ApiResult> answers = Parallel.run(30, i -> use(made));
    assertEquals(
        10,
        Collections.frequency(answers.stream().map(ApiResult::status).toList(), 200),
        "accepted requests");
    answers.stream().filter(answer -> answer.status() != 200).forEach(a -> a.problem(429));
  }

  @Test
  void memberOfTheGroupMayLimitButNotWidenAPermission() {
    TestToken made =
        tokens.create(good().with("allowedAddresses", LOOPBACK).with("requestsPerMinute", "100"));
    Api.Call narrow = carol.call("PATCH", path(made.id()));
    narrow.json("{\"requestsPerMinute\":50,\"allowedAddresses\":[\"127.0.0.1\"]}").send().ok();
    carol.call("PATCH", path(made.id())).json(addresses("null")).send().ok();
    bob.call("PATCH", path(made.id())).json("{\"requestsPerMinute\":1}").send().problem(403);
  }
}
