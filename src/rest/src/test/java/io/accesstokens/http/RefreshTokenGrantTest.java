package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.accesstokens.exchange.Audience;
import io.accesstokens.verify.Verification;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the exchange of a personal token for a short-lived JWT (RFC 6749, section 6; RFC 9068). */
class RefreshTokenGrantTest {

  private static final String READ = "access-tokens:service:read";

  private final ExchangeFixture fixture = new ExchangeFixture();
  private final ApiFixture api = fixture.api;

  private ApiFixture.Answer request(String form) {
    return fixture.request(form);
  }

  @Test
  void tokenIsForTheAudiencesWhoseScopesItHas() throws Exception {
    ExchangeFixture limited =
        new ExchangeFixture(
            List.of(
                Audience.of(ExchangeFixture.ISSUER),
                new Audience("backstage", List.of("catalog:read", "techdocs:read"))));
    String both = limited.raw("carol", "[\"catalog:read\",\"techdocs:read\"]");
    assertEquals(
        List.of(ExchangeFixture.ISSUER, "backstage"),
        ExchangeFixture.claims(limited.jwt(both)).getAudience());
    String one = limited.raw("alice", "[\"catalog:read\"]");
    assertEquals(
        List.of(ExchangeFixture.ISSUER), ExchangeFixture.claims(limited.jwt(one)).getAudience());
    String narrowed =
        limited
            .request("grant_type=refresh_token&scope=techdocs:read&refresh_token=" + both)
            .expect(200)
            .json()
            .getString("access_token");
    assertEquals(List.of(ExchangeFixture.ISSUER), ExchangeFixture.claims(narrowed).getAudience());
  }

  @Test
  void tokenThatIsForNoAudienceIsRefused() {
    ExchangeFixture limited =
        new ExchangeFixture(List.of(new Audience("backstage", List.of("catalog:read"))));
    ApiFixture.Answer refused = limited.exchange(limited.raw("dave", "[]"));
    assertEquals(400, refused.status());
    assertEquals("invalid_scope", refused.json().getString("error"));
    assertEquals(
        "the personal token lacks the scopes that every audience requires",
        refused.json().getString("error_description"));
    limited.exchange(limited.raw("carol", "[\"catalog:read\"]")).expect(200);
  }

  @Test
  void exchangeReturnsASignedTokenOfTheUser() throws Exception {
    JsonObject made = api.mint("carol", "[\"" + READ + "\",\"catalog:read\"]");
    ApiFixture.Answer response = fixture.exchange(made.getString("rawToken")).expect(200);
    assertEquals("no-cache", response.header("Pragma"));
    JsonObject answer = response.json();
    assertEquals(
        Set.of("access_token", "token_type", "expires_in", "scope", "issued_token_type"),
        answer.keySet());
    assertEquals("Bearer", answer.getString("token_type"));
    assertEquals(600, answer.getInt("expires_in"));
    assertEquals(READ + " catalog:read", answer.getString("scope"));

    SignedJWT jwt = ExchangeFixture.parsed(answer.getString("access_token"));
    assertEquals("at+jwt", jwt.getHeader().getType().getType());
    assertEquals("ES256", jwt.getHeader().getAlgorithm().getName());
    assertEquals(Set.of("typ", "alg", "kid"), jwt.getHeader().toJSONObject().keySet());
    JWTClaimsSet claims = jwt.getJWTClaimsSet();
    assertEquals(ExchangeFixture.ISSUER, claims.getIssuer());
    assertEquals("user:default/carol", claims.getSubject());
    assertEquals(
        List.of("user:default/carol", "group:default/platform"), claims.getStringListClaim("ent"));
    assertEquals(List.of(ExchangeFixture.ISSUER), claims.getAudience());
    assertEquals("access-tokens", claims.getStringClaim("client_id"));
    assertEquals(READ + " catalog:read", claims.getStringClaim("scope"));
    assertEquals(made.getJsonObject("token").getString("id"), claims.getStringClaim("parent_jti"));
    assertFalse(claims.getJWTID().isEmpty(), claims::toString);
    assertEquals(
        Duration.ofMinutes(10),
        Duration.between(
            claims.getIssueTime().toInstant(), claims.getExpirationTime().toInstant()));
    assertTrue(jwt.verify(verifier(jwt.getHeader().getKeyID())), "signed with a published key");
  }

  private ECDSAVerifier verifier(String id) throws Exception {
    String keys = api.anonymous().get(ExchangeFixture.KEYS).text();
    return new ECDSAVerifier(JWKSet.parse(keys).getKeyByKeyId(id).toECKey());
  }

  @Test
  void noJwtIsIssuedIfTheTokenIsRevokedDuringTheExchange() {
    JsonObject made = api.mint("dave", "[]");
    String path = ApiFixture.PERSONAL + "/" + made.getJsonObject("token").getString("id");
    fixture.verified = () -> api.as("dave").delete(path, "{}").expect(204);
    fixture.exchange(made.getString("rawToken")).expectOAuth(400, "invalid_grant");
    assertEquals(
        List.of("revoked", "minted"),
        api.as("dave").get(path + "/audit").json().getJsonArray("events").stream()
            .map(event -> event.asJsonObject().getString("event"))
            .toList());
  }

  /** Introspection and revocation do not recognize a JWT that is too long. */
  @Test
  void noJwtIsIssuedThatIntrospectionDoesNotRecognize() {
    ExchangeFixture longest = new ExchangeFixture(List.of(Audience.of("a".repeat(23_500))));
    String jwt = longest.jwt(longest.raw("dave", "[]"));
    assertTrue(longest.verifier.verifyPresented(jwt, null).isPresent(), "length " + jwt.length());

    ExchangeFixture tooLong = new ExchangeFixture(List.of(Audience.of("a".repeat(24_500))));
    JsonObject made = tooLong.api.mint("dave", "[]");
    ApiFixture.Answer refused = tooLong.exchange(made.getString("rawToken"));
    assertEquals(
        "the JWT would have more than 32768 characters, because of its scopes and the groups of the"
            + " user",
        refused.expectOAuth(400, "invalid_scope").json().getString("error_description"));
    String path = ApiFixture.PERSONAL + "/" + made.getJsonObject("token").getString("id");
    assertEquals(
        1, tooLong.api.as("dave").get(path + "/audit").json().getJsonArray("events").size());
  }

  @Test
  void jwtDoesNotOutliveThePersonalToken() {
    JsonObject made = api.mint("dave", "[]");
    String raw = made.getString("rawToken");
    Instant end = Instant.parse(made.getJsonObject("token").getString("expiresAt"));
    fixture.clock.shift(Duration.ofDays(30).minusSeconds(100));
    JsonObject answer = fixture.exchange(raw).expect(200).json();
    assertTrue(answer.getInt("expires_in") < 150, answer::toString);
    assertEquals(
        end.truncatedTo(ChronoUnit.SECONDS),
        ExchangeFixture.claims(answer.getString("access_token")).getExpirationTime().toInstant());
    fixture.clock.shift(Duration.ofSeconds(150));
    fixture.exchange(raw).expectOAuth(400, "invalid_grant");
  }

  @Test
  void aScopeNarrowsAndNeverWidens() {
    String raw = fixture.raw("carol", "[\"" + READ + "\",\"catalog:read\"]");
    String form = "grant_type=refresh_token&refresh_token=" + raw + "&scope=";
    assertEquals(
        "catalog:read", request(form + "catalog:read+catalog:read").json().getString("scope"));
    request(form + "catalog:read+catalog:write").expectOAuth(400, "invalid_scope");
    for (String malformed :
        List.of(
            "%22", "+", "%09", "catalog:read++catalog:read", "+catalog:read", "catalog:read%0A")) {
      request(form + malformed).expectOAuth(400, "invalid_scope");
    }
    assertEquals(READ + " catalog:read", request(form).json().getString("scope"));
  }

  @Test
  void jwtHasOnlyCurrentPermissionsOfTheUser() {
    String raw = fixture.raw("carol", "[\"" + READ + "\",\"catalog:read\"]");
    api.platform.clear();
    assertEquals("", fixture.exchange(raw).json().getString("scope"));
    request("grant_type=refresh_token&scope=catalog:read&refresh_token=" + raw)
        .expectOAuth(400, "invalid_scope");
  }

  @Test
  void tokenWithoutScopesIsReadOnly() {
    assertEquals(
        "access-tokens:user:read",
        fixture.exchange(fixture.raw("dave", "[]")).json().getString("scope"));
  }

  @Test
  void invalidTokensAreRejectedAlike() {
    JsonObject made = api.mint("dave", "[]");
    String revoked = made.getString("rawToken");
    String path = ApiFixture.PERSONAL + "/" + made.getJsonObject("token").getString("id");
    api.as("dave").delete(path, "{}").expect(204);
    String service = api.create("deploy", "[\"catalog:read\"]").getString("rawToken");
    String unknown = new ExchangeFixture().raw("dave", "[]");
    String jwt = fixture.jwt(fixture.raw("bob", "[]"));
    ApiFixture.Answer first = fixture.exchange(revoked);
    first.expectOAuth(400, "invalid_grant");
    for (String token : List.of(service, unknown, jwt, revoked + "x", "x", "x".repeat(16_000))) {
      assertEquals(first.text(), fixture.exchange(token).expectOAuth(400, "invalid_grant").text());
    }
    String gone = fixture.raw("erin", "[]");
    api.gone.add("erin");
    assertEquals(first.text(), fixture.exchange(gone).text());
  }

  @Test
  void everyInvalidTokenIsReported() {
    String service = api.create("deploy", "[\"catalog:read\"]").getString("rawToken");
    for (String token : List.of("x", service, new ExchangeFixture().raw("dave", "[]"))) {
      fixture.exchange(token).expectOAuth(400, "invalid_grant");
    }
    assertEquals(
        List.of(
            Verification.Reason.MALFORMED,
            Verification.Reason.MALFORMED,
            Verification.Reason.UNKNOWN),
        fixture.refused);
  }

  @Test
  void outagesAre503() {
    String raw = fixture.raw("dave", "[]");
    api.groupsUp = false;
    fixture.exchange(raw).expectOAuth(503, "temporarily_unavailable");
    api.groupsUp = true;
    api.usersUp = false;
    fixture.exchange(raw).expectOAuth(503, "temporarily_unavailable");
    api.usersUp = true;
    fixture.exchange(raw).expect(200);
  }

  @Test
  void exchangeIsRecordedInTheAuditLog() {
    JsonObject made = api.mint("carol", "[\"catalog:read\",\"techdocs:read\"]");
    String jwt = fixture.jwt(made.getString("rawToken"));
    String tokenId = made.getJsonObject("token").getString("id");
    String path = ApiFixture.PERSONAL + "/" + tokenId + "/audit";
    JsonObject event = api.as("carol").get(path).json().getJsonArray("events").getJsonObject(0);
    assertEquals("exchanged", event.getString("event"));
    assertEquals("user:default/carol", event.getString("actor"));
    String jti = ExchangeFixture.claims(jwt).getJWTID();
    assertEquals(jti, event.getJsonObject("metadata").getString("jti"));
    assertFalse(event.toString().contains(jwt), event::toString);
    String export =
        api.as("alice")
            .get(
                ApiFixture.USER_TOKENS
                    + "/audit/export?format=csv&event=exchanged&tokenId="
                    + tokenId)
            .expect(200)
            .text();
    List<String> lines = export.lines().toList();
    assertTrue(lines.get(0).endsWith(",jti,scope"), export);
    assertTrue(lines.get(1).endsWith("," + jti + ",catalog:read techdocs:read"), export);
  }

  @Test
  void exchangesAreRateLimited() {
    String raw = fixture.raw("dave", "[]");
    fixture.limit = Duration.ofMillis(1_001);
    assertEquals(
        "2",
        fixture.exchange(raw).expectOAuth(429, "temporarily_unavailable").header("Retry-After"));
    fixture.limit = null;
    fixture.unknownLimit = Duration.ofSeconds(7);
    String unknown = new ExchangeFixture().raw("dave", "[]");
    assertEquals(
        "7",
        fixture
            .exchange(unknown)
            .expectOAuth(429, "temporarily_unavailable")
            .header("Retry-After"));
    fixture.exchange(raw).expect(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "grant_type=refresh_token",
        "grant_type=refresh_token&refresh_token=",
        "grant_type=refresh_token&refresh_token=a&refresh_token=b",
        "grant_type=refresh_token&refresh_token=a&scope=a&scope=b",
        "grant_type=refresh_token&refresh_token=%C3"
      })
  void refusesMalformedForms(String form) {
    request(form).expectOAuth(400, "invalid_request");
  }
}
