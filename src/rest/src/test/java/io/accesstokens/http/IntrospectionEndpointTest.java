package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the introspection of tokens by resource servers (RFC 7662). */
class IntrospectionEndpointTest {

  private static final String INACTIVE = "{\"active\":false}";

  private final ApiFixture api = fixture();
  private final JsonObject made = api.create("deploy", "[\"catalog:read\",\"techdocs:read\"]");
  private final String raw = made.getString("rawToken");

  /** Returns the API under test. */
  ApiFixture fixture() {
    return new ApiFixture();
  }

  private ApiFixture.Answer introspect(String form) {
    return api.as("alice").form(ApiFixture.INTROSPECT, form);
  }

  @Test
  void validTokenIsFullyDescribed() {
    JsonObject response =
        introspect("token=" + raw + "&token_type_hint=refresh_token").expect(200).json();
    JsonObject token = made.getJsonObject("token");
    String subject = "service-token:group:default/platform:deploy";
    assertTrue(response.getBoolean("active"), response::toString);
    assertEquals("catalog:read techdocs:read", response.getString("scope"));
    assertEquals("Bearer", response.getString("token_type"));
    for (String name : List.of("sub", "client_id", "username")) {
      assertEquals(subject, response.getString(name));
    }
    assertEquals(token.getString("id"), response.getString("jti"));
    assertEquals("https://tokens.example", response.getString("iss"));
    for (String name : List.of("iat", "nbf")) {
      assertEquals(seconds(token, "createdAt"), response.getJsonNumber(name).longValueExact());
    }
    assertEquals(seconds(token, "expiresAt"), response.getJsonNumber("exp").longValueExact());
    assertEquals(token.getString("expiresAt"), response.getString("expires_at"));
    assertEquals(12, response.size());
    assertFalse(response.toString().contains(raw), response::toString);
  }

  private static long seconds(JsonObject token, String name) {
    return Instant.parse(token.getString(name)).getEpochSecond();
  }

  @Test
  void invalidTokensGetTheSameResponse() {
    String id = made.getJsonObject("token").getString("id");
    api.as("alice").delete(ApiFixture.SERVICE + "/" + id, "{\"reason\":\"r\"}").expect(204);
    String unknown = ApiFixture.unknownToken();
    Set<Object> headers = new java.util.HashSet<>();
    for (String token :
        List.of(raw, unknown, raw + "x", "x", "ey.J.x", "x".repeat(90_000), "%C3%A9%00%0A")) {
      ApiFixture.Answer answer = introspect("token=" + token).expect(200);
      assertEquals(INACTIVE, answer.text());
      headers.add(answer.response().getHeaders().toString());
    }
    assertEquals(1, headers.size());
  }

  private JsonObject limited(String addresses) {
    return api.as("alice")
        .post(
            ApiFixture.SERVICE,
            ApiFixture.body("limited", "[\"catalog:read\"]")
                .replace("{", "{\"requestsPerMinute\":9,\"allowedAddresses\":" + addresses + ','))
        .expect(201)
        .json();
  }

  @Test
  void limitedTokenIsActiveOnlyForItsClients() {
    String form = "token=" + limited("[\"192.0.2.0/24\",\"2001:db8::/32\"]").getString("rawToken");
    for (String client : List.of("192.0.2.1", "::ffff:192.0.2.1", "2001%3Adb8%3A%3A7")) {
      JsonObject response =
          introspect(form + "&client_address=" + client.replace(":", "%3A")).expect(200).json();
      assertTrue(response.getBoolean("active"), client + " is allowed");
      assertEquals("[\"192.0.2.0/24\",\"2001:db8::/32\"]", "" + response.get("allowed_addresses"));
      assertEquals(9, response.getInt("requests_per_minute"));
    }
    for (String client : List.of("198.51.100.1", "%3A%3A1", "2001%3Adb9%3A%3A")) {
      assertEquals(
          INACTIVE, introspect(form + "&client_address=" + client).expect(200).text(), client);
    }
    assertEquals(INACTIVE, introspect(form).expect(200).text(), "an unknown client");
    assertEquals(INACTIVE, introspect(form + "&client_address=").expect(200).text());
    assertEquals(
        List.of("accepted", "accepted", "accepted"), api.reported.subList(0, 3), "accepted uses");
    assertEquals(Set.of("ADDRESS"), Set.copyOf(api.reported.subList(3, 8)), "refused uses");
  }

  @Test
  void verifierThatEnforcesLimitsGetsThemForAnyClient() {
    String form = "token=" + limited("[\"192.0.2.1/32\"]").getString("rawToken");
    for (String more : List.of("", "&client_address=198.51.100.1", "&client_address=192.0.2.1")) {
      JsonObject response = introspect(form + "&enforces_limits=true" + more).expect(200).json();
      assertEquals("[\"192.0.2.1\"]", "" + response.get("allowed_addresses"));
    }
    assertEquals(
        List.of("accepted", "ADDRESS", "accepted"),
        api.reported,
        "uses without a client, by another client and by the allowed client");
    for (String value : List.of("", "false", "TRUE", "1", "yes")) {
      assertEquals(INACTIVE, introspect(form + "&enforces_limits=" + value).expect(200).text());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "192.0.2",
        "192.0.2.01",
        "192.0.2.1%2C10.0.0.1",
        "10.0.0.0%2F8",
        "fe80%3A%3A1%25eth0",
        "x"
      })
  void malformedClientAddressIsRejected(String address) {
    introspect("token=" + raw + "&client_address=" + address).expectOAuth(400, "invalid_request");
  }

  @Test
  void introspectionCountsAsAUse() {
    introspect("token=" + raw);
    introspect("token=x");
    introspect("token=" + ApiFixture.unknownToken());
    assertEquals(List.of("accepted", "MALFORMED", "UNKNOWN"), api.reported);
  }

  @Test
  void callerNeedsThePermission() {
    String form = "token=" + raw;
    api.as("gateway").form(ApiFixture.INTROSPECT, form).expect(200);
    for (String person : List.of("bob", "carol", "dave")) {
      ApiFixture.Answer answer = api.as(person).form(ApiFixture.INTROSPECT, form);
      answer.expectOAuth(403, "access_denied");
      assertTrue(answer.text().contains("access-tokens:introspect"), answer::text);
    }
    ApiFixture.Answer anonymous = api.anonymous().form(ApiFixture.INTROSPECT, form);
    anonymous.expectOAuth(401, "invalid_client");
    ApiFixture.Answer bad = api.with("bsat_x").form(ApiFixture.INTROSPECT, form);
    bad.expectOAuth(401, "invalid_token");
    String challenge = String.valueOf(bad.header("WWW-Authenticate"));
    assertTrue(challenge.contains("invalid_token"), challenge);
  }

  @Test
  void tokenNeedsTheScope() {
    ApiFixture.Answer refused = api.with(raw).form(ApiFixture.INTROSPECT, "token=" + raw);
    refused.expectOAuth(403, "insufficient_scope");
    String challenge = String.valueOf(refused.header("WWW-Authenticate"));
    assertTrue(challenge.contains("scope=\"access-tokens:introspect\""), challenge);
    String server =
        api.as("alice")
            .post(
                ApiFixture.SERVICE,
                ApiFixture.body("server", "[\"access-tokens:introspect\"]")
                    .replace("platform", "payments"))
            .expect(201)
            .json()
            .getString("rawToken");
    // The token belongs to another group; a resource server may introspect it nevertheless.
    JsonObject response =
        api.with(server).form(ApiFixture.INTROSPECT, "token=" + raw).expect(200).json();
    assertTrue(response.getBoolean("active"), response::toString);
  }

  @Test
  void onlyCallersWithItOnAllGroupsGrantTheScope() {
    String body = ApiFixture.body("s", "[\"access-tokens:introspect\"]");
    api.as("carol").post(ApiFixture.SERVICE, body).expect(403);
    api.as("alice").post(ApiFixture.SERVICE, body).expect(201);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "token",
        "token=",
        "Token=a",
        "token=a&token=b",
        "token=a&token=a",
        "token=a&x=1&x=2",
        "token=%",
        "token=%4",
        "token=%zz",
        "token=%C3",
        "token=a b",
        "token=é",
        "token=a\r\n",
        "{\"token\":\"a\"}"
      })
  void refusesMalformedForms(String form) {
    introspect(form).expectOAuth(400, "invalid_request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"token=a&", "&token=a", "token=a&unknown=1&other", "tok%65n=a"})
  void readsLooseForms(String form) {
    assertEquals(INACTIVE, introspect(form).expect(200).text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"?token=a", "?access_token=a", "?x=1&tok%65n=a", "?token"})
  void refusesATokenInTheQuery(String query) {
    ApiFixture.Answer answer = api.as("alice").form(ApiFixture.INTROSPECT + query, "token=" + raw);
    answer.expectOAuth(400, "invalid_request");
  }

  @ParameterizedTest
  @CsvSource({
    "application/json, 415",
    "text/plain, 415",
    "application/x-www-form-urlencoded;charset=iso-8859-1, 415",
    "junk, 415",
    "application/x-www-form-urlencoded;charset=UTF-8, 200",
    "APPLICATION/X-WWW-Form-Urlencoded, 200"
  })
  void readsFormsOnly(String type, int status) {
    ApiFixture.Answer answer =
        api.as("alice").header("Content-Type", type).form(ApiFixture.INTROSPECT, "token=a");
    if (status == 200) {
      answer.expect(200);
    } else {
      answer.expectOAuth(status, "invalid_request");
    }
  }

  @Test
  void runtimeErrorsHaveTheFormOfOAuth() {
    ApiFixture.Answer get = api.as("alice").get(ApiFixture.INTROSPECT);
    get.expectOAuth(405, "invalid_request");
    assertTrue(String.valueOf(get.header("Allow")).contains("POST"), get.header("Allow"));
    api.as("alice")
        .header("Accept", "text/html")
        .form(ApiFixture.INTROSPECT, "token=a")
        .expectOAuth(406, "invalid_request");
    introspect("token=" + "x".repeat(102_400)).expectOAuth(413, "invalid_request");
    api.as("alice")
        .header("Content-Encoding", "gzip")
        .form(ApiFixture.INTROSPECT, "token=a")
        .expectOAuth(415, "invalid_request");
  }

  @Test
  void outageIs503AndNoVerdict() {
    api.store.failure = ListTokenStore.outage();
    ApiFixture.Answer answer = introspect("token=" + raw);
    answer.expectOAuth(503, "temporarily_unavailable");
    assertEquals("1", answer.header("Retry-After"));
    assertEquals(List.of("unavailable"), api.reported);
    // A malformed token is reported without a call to the store.
    assertEquals(INACTIVE, introspect("token=x").expect(200).text());
    api.store.failure = new IllegalStateException("secret");
    ApiFixture.Answer failed = introspect("token=" + raw);
    failed.expectOAuth(500, "server_error");
    assertTrue(failed.text().contains("reference"), failed::text);
    assertFalse(failed.text().contains("secret"), failed::text);
    assertNull(failed.header("Retry-After"));
  }
}
