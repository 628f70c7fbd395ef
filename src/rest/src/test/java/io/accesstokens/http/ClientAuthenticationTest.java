package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.auth.header.BearerChallenge;
import jakarta.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests OAuth clients whose client secret is a service token (RFC 6749, section 2.3.1). */
class ClientAuthenticationTest {

  private static final String CLIENT = "[\"access-tokens:introspect\"]";

  /** Maximum length of a form, in bytes. */
  private static final int FORM_LIMIT = 102_400;

  private final ApiFixture api = fixture();
  private final String raw = api.create("deploy", "[\"catalog:read\"]").getString("rawToken");
  private final JsonObject client = api.create("gateway", CLIENT);
  private final String secret = client.getString("rawToken");

  /** Returns the API under test. */
  ApiFixture fixture() {
    return new ApiFixture();
  }

  private ApiFixture.Call basic(String name, String password) {
    return basic(name + ':' + password);
  }

  private ApiFixture.Call basic(String credential) {
    byte[] bytes = credential.getBytes(StandardCharsets.UTF_8);
    return api.anonymous()
        .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
  }

  private ApiFixture.Answer introspect(String clientSecret) {
    return basic("client", clientSecret).form(ApiFixture.INTROSPECT, "token=" + raw);
  }

  private ApiFixture.Answer post(String path, String form) {
    return api.anonymous().form(path, form);
  }

  private static void assertActive(ApiFixture.Answer answer) {
    assertTrue(answer.expect(200).json().getBoolean("active"), answer::text);
  }

  private static void assertRefused(ApiFixture.Answer answer) {
    answer.expectOAuth(401, "invalid_client");
    List<Object> challenges =
        answer.response().getHeaders().getOrDefault("WWW-Authenticate", List.of());
    assertEquals(2, challenges.size(), challenges::toString);
    assertEquals(BearerChallenge.PLAIN, challenges.get(0));
    assertTrue(challenges.get(1).toString().startsWith("Basic realm="), challenges::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"client", "", "a b", "ü", "user%3Adefault%2Falice", "%"})
  void serviceTokenIsTheSecretOfAnyClient(String name) {
    assertActive(basic(name, secret).form(ApiFixture.INTROSPECT, "token=" + raw));
    assertActive(
        post(
            ApiFixture.INTROSPECT,
            "client_id="
                + URLEncoder.encode(name, StandardCharsets.UTF_8)
                + "&client_secret="
                + secret
                + "&token="
                + raw));
  }

  @Test
  void secretMayBeFormEncoded() {
    assertActive(introspect(secret.replace("_", "%5F").replace("a", "%61")));
  }

  /** RFC 7617, section 2, requires the colon. The fixture accepts such a credential as a user. */
  @Test
  void basicCredentialWithoutColonIsNoClientSecret() {
    basic(secret).form(ApiFixture.INTROSPECT, "token=" + raw).expectOAuth(403, "access_denied");
    assertEquals(List.of(), api.reported);
  }

  @Test
  void useOfTheSecretIsReported() {
    assertActive(introspect(secret));
    assertEquals(List.of("accepted", "accepted"), api.reported);
  }

  @Test
  void tokenWithoutTheScopeIsRefused() {
    assertRefused(introspect(raw));
    assertRefused(post(ApiFixture.INTROSPECT, "client_secret=" + raw + "&token=" + raw));
    String denial =
        "service-token:group:default/platform:deploy access-tokens:introspect token-scopes";
    assertEquals(List.of(denial, denial), api.denied);
  }

  @Test
  void personalTokenIsRefusedWithoutALookUp() {
    String personal = api.mint("alice", "[]").getString("rawToken");
    api.reported.clear();
    assertRefused(introspect(personal));
    assertRefused(post(ApiFixture.INTROSPECT, "client_secret=" + personal + "&token=" + raw));
    assertEquals(List.of(), api.reported);
  }

  @Test
  void invalidSecretsGetTheSame401() {
    String path = ApiFixture.SERVICE + "/" + client.getJsonObject("token").getString("id");
    api.as("alice").delete(path, "{\"reason\":\"r\"}").expect(204);
    String unknown = ApiFixture.unknownToken();
    for (String invalid : List.of(secret, unknown, secret + "x", "bsat_", "bpat_%")) {
      ApiFixture.Answer answer = introspect(invalid);
      assertRefused(answer);
      assertFalse(answer.text().contains("bsat_"), answer::text);
    }
    for (String invalid : List.of(secret, unknown, "x", "alice")) {
      assertRefused(post(ApiFixture.INTROSPECT, "client_secret=" + invalid + "&token=" + raw));
      assertRefused(post(ApiFixture.REVOKE, "client_secret=" + invalid + "&token=" + raw));
    }
    api.with(raw).get(ApiFixture.WHOAMI).expect(200);
  }

  @Test
  void endedSecretIsRefusedAndThePreviousOneIsNot() {
    String path = ApiFixture.SERVICE + "/" + client.getJsonObject("token").getString("id");
    String next =
        api.as("alice").post(path + "/rotate", "{}").expect(200).json().getString("rawToken");
    assertActive(introspect(secret));
    assertActive(introspect(next));
    api.as("alice").delete(path + "/previous-secret", "{}").expect(204);
    assertRefused(introspect(secret));
    assertActive(introspect(next));
  }

  @Test
  void limitsOfTheTokenApply() {
    String path = ApiFixture.SERVICE + "/" + client.getJsonObject("token").getString("id");
    JsonObject limited =
        api.as("alice")
            .post(
                ApiFixture.SERVICE,
                ApiFixture.body("limited", CLIENT).replace("{", "{\"requestsPerMinute\":2,"))
            .expect(201)
            .json();
    String limitedSecret = limited.getString("rawToken");
    api.with(limitedSecret).get(ApiFixture.WHOAMI).expect(200);
    assertActive(introspect(limitedSecret));
    ApiFixture.Answer refused = introspect(limitedSecret);
    refused.expectOAuth(429, "temporarily_unavailable");
    assertEquals("\"token\";q=2;w=60", refused.header("RateLimit-Policy"));
    api.as("alice")
        .header("Content-Type", "application/json")
        .send(
            "PATCH",
            path,
            "{\"allowedAddresses\":[\"192.0.2.1\"]}".getBytes(StandardCharsets.UTF_8))
        .expect(200);
    assertRefused(introspect(secret));
  }

  @Test
  void severalCredentialsAreMalformed() {
    for (String path : List.of(ApiFixture.INTROSPECT, ApiFixture.REVOKE)) {
      String form = "client_secret=" + secret + "&token=" + raw;
      basic("client", secret).form(path, form).expectOAuth(400, "invalid_request");
      api.with(secret).form(path, form).expectOAuth(400, "invalid_request");
      post(path, form + "&client_assertion=x").expectOAuth(400, "invalid_request");
      api.anonymous()
          .header("Authorization", "Bearer " + secret, "Bearer " + secret)
          .form(path, "token=" + raw)
          .expectOAuth(400, "invalid_request");
      post(path + "?client_secret=" + secret, "token=" + raw + "&client_secret=" + secret)
          .expectOAuth(400, "invalid_request");
    }
    api.with(raw).get(ApiFixture.WHOAMI).expect(200);
    // An identifier is no credential, and an empty parameter counts as absent.
    assertActive(
        basic("client", secret)
            .form(ApiFixture.INTROSPECT, "client_id=client&client_secret=&token=" + raw));
  }

  @Test
  void unsupportedCredentialsAreRefused() {
    for (String name : List.of("client_assertion", percentEncoded("client_assertion"))) {
      assertRefused(post(ApiFixture.REVOKE, name + "=x&token=" + raw));
    }
    assertRefused(
        api.anonymous().header("Authorization", "DPoP x").form(ApiFixture.REVOKE, "token=" + raw));
    api.with(raw).get(ApiFixture.WHOAMI).expect(200);
  }

  /** Returns a text in which each character is percent-encoded. */
  private static String percentEncoded(String text) {
    return HexFormat.ofDelimiter("")
        .withPrefix("%")
        .formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void clientRevokesAToken() {
    basic("client", secret).form(ApiFixture.REVOKE, "token=" + raw).expect(200);
    api.with(raw).get(ApiFixture.WHOAMI).expect(401);
    post(ApiFixture.REVOKE, "client_secret=" + secret + "&token=" + secret).expect(200);
    assertRefused(introspect(secret));
  }

  @Test
  void callerIsAuthenticatedBeforeTheFormIsChecked() {
    post(ApiFixture.INTROSPECT, "token=%").expectOAuth(401, "invalid_client");
    introspect("bsat_x").expectOAuth(401, "invalid_client");
    basic("c", secret).form(ApiFixture.INTROSPECT, "token=%").expectOAuth(400, "invalid_request");
    for (String malformed : List.of("token=%", "token=a&token=b", "token=ü", "a&".repeat(101))) {
      for (String path : List.of(ApiFixture.INTROSPECT, ApiFixture.REVOKE)) {
        post(path, "client_secret=" + secret + "&" + malformed).expectOAuth(400, "invalid_request");
        assertRefused(post(path, "client_secret=" + raw + "&" + malformed));
      }
    }
    String tooLong = "client_secret=" + secret + "&token=" + "a".repeat(FORM_LIMIT);
    post(ApiFixture.INTROSPECT, tooLong).expectOAuth(413, "invalid_request");
  }

  @Test
  void secretThatIsSentTwiceIsMalformed() {
    String twice = "client_secret=" + secret + "&client_secret=" + secret + "&token=" + raw;
    post(ApiFixture.INTROSPECT, twice).expectOAuth(400, "invalid_request");
    post(ApiFixture.REVOKE, twice).expectOAuth(400, "invalid_request");
    api.with(raw).get(ApiFixture.WHOAMI).expect(200);
  }

  @Test
  void browserGetsNoChallengeForBasic() {
    String form = "token=" + raw;
    ApiFixture.Answer browser =
        basic("client", secret + "x")
            .header("Sec-Fetch-Site", "same-origin")
            .form(ApiFixture.REVOKE, form);
    browser.expectOAuth(401, "invalid_client");
    assertEquals(
        List.of(BearerChallenge.PLAIN), browser.response().getHeaders().get("WWW-Authenticate"));
    // The fetch of Node.js sends this header.
    assertRefused(
        basic("client", secret + "x")
            .header("Sec-Fetch-Mode", "cors")
            .form(ApiFixture.REVOKE, form));
  }

  @Test
  void outageIs503() {
    api.store.failure = ListTokenStore.outage();
    introspect(secret).expectOAuth(503, "temporarily_unavailable");
  }
}
