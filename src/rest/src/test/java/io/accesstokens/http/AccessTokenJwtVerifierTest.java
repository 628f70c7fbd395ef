package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.accesstokens.exchange.Audience;
import io.accesstokens.signing.SigningKeys;
import io.accesstokens.verify.ChangeFeed;
import io.accesstokens.verify.PresentedSecret;
import io.accesstokens.verify.Verification;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Tests that a short-lived JWT never has more rights than its personal token. */
class AccessTokenJwtVerifierTest {

  private static final String READ = "access-tokens:service:read";
  private static final String REVOKE = "access-tokens:service:revoke";

  private final ExchangeFixture fixture = new ExchangeFixture();
  private final ApiFixture api = fixture.api;
  private final JsonObject made = api.mint("carol", "[\"" + READ + "\",\"" + REVOKE + "\"]");
  private final String raw = made.getString("rawToken");
  private final String id = made.getJsonObject("token").getString("id");
  private final String jwt = fixture.jwt(raw);

  private static List<String> texts(JsonObject json, String member) {
    return json.getJsonArray(member).getValuesAs(JsonString::getString);
  }

  private void refused(String token) {
    ApiFixture.Answer answer = api.with(token).get(ApiFixture.WHOAMI).expect(401);
    ApiFixture.Answer raw = api.with("bsat_x").get(ApiFixture.WHOAMI).expect(401);
    assertEquals(raw.text(), answer.text());
    assertEquals(raw.header("WWW-Authenticate"), answer.header("WWW-Authenticate"));
    assertEquals("{\"active\":false}", introspected(token).toString());
  }

  private JsonObject introspected(String token) {
    return api.as("gateway").form(ApiFixture.INTROSPECT, "token=" + token).expect(200).json();
  }

  @Test
  void jwtActsAsItsUser() {
    JsonObject me = api.with(jwt).get(ApiFixture.WHOAMI).expect(200).json();
    assertEquals("user", me.getString("type"));
    assertEquals("user:default/carol", me.getString("subject"));
    assertEquals(List.of(READ, REVOKE), texts(me, "permissions"));
    assertEquals(id, me.getString("tokenId"));
    api.with(jwt).get(ApiFixture.SERVICE).expect(200);
    api.with(jwt).get(ApiFixture.PERSONAL).expect(403);
    api.with(jwt).get(ApiFixture.VERIFY + "?scope=" + READ).expect(204);
  }

  @Test
  void jwtIsLimitedToItsScopes() {
    String narrow =
        fixture
            .request("grant_type=refresh_token&scope=" + READ + "&refresh_token=" + raw)
            .json()
            .getString("access_token");
    assertEquals(List.of(READ), texts(api.with(narrow).get(ApiFixture.WHOAMI).json(), "scopes"));
    String challenge =
        api.with(narrow)
            .get(ApiFixture.VERIFY + "?scope=" + REVOKE)
            .expect(403)
            .header("WWW-Authenticate");
    assertTrue(String.valueOf(challenge).contains("error=\"insufficient_scope\""), challenge);
  }

  @Test
  void jwtIsLimitedToCurrentPermissions() {
    api.platform.clear();
    assertEquals(List.of(), texts(api.with(jwt).get(ApiFixture.WHOAMI).json(), "permissions"));
    assertEquals("", introspected(jwt).getString("scope"));
    api.platform.add("carol");
    api.with(jwt).get(ApiFixture.SERVICE).expect(200);
  }

  @Test
  void jwtEndsWithItsPersonalTokenOrUser() {
    api.with(jwt).get(ApiFixture.WHOAMI).expect(200);
    api.gone.add("carol");
    refused(jwt);
    api.gone.clear();
    api.with(jwt).get(ApiFixture.WHOAMI).expect(200);
    api.as("carol").delete(ApiFixture.PERSONAL + "/" + id, "{}").expect(204);
    refused(jwt);
  }

  private ApiFixture.Answer rotate(int graceSeconds) {
    return api.as("carol")
        .post(
            ApiFixture.PERSONAL + "/" + id + "/rotate",
            "{\"gracePeriodSeconds\":" + graceSeconds + "}");
  }

  @Test
  void jwtFollowsItsPersonalTokenOverRotations() {
    api.with(jwt).get(ApiFixture.WHOAMI).expect(200); // the digest of the first secret is cached
    for (int grace : new int[] {60, 0, 60, 0, 0}) {
      rotate(grace).expect(200);
      JsonObject me = api.with(jwt).get(ApiFixture.WHOAMI).expect(200).json();
      assertEquals(id, me.getString("tokenId"));
      assertFalse(me.containsKey("previousSecret"), me::toString);
      assertEquals(true, introspected(jwt).getBoolean("active"));
    }
    api.as("carol").delete(ApiFixture.PERSONAL + "/" + id, "{}").expect(204);
    refused(jwt);
  }

  @Test
  void jwtIsAcceptedIfTheCachedSecretOfItsPersonalTokenIsUnknown() {
    api.with(jwt).get(ApiFixture.WHOAMI).expect(200); // the digest of the first secret is cached
    fixture.endedSecretsAreUnknown = true;
    rotate(0).expect(200);
    api.with(jwt).get(ApiFixture.WHOAMI).expect(200);
    api.as("carol").delete(ApiFixture.PERSONAL + "/" + id, "{}").expect(204);
    refused(jwt);
  }

  @Test
  void useOfAJwtIsNoUseOfASecret() {
    String fresh =
        api.as("carol")
            .post(
                ApiFixture.PERSONAL + "/" + id + "/rotate",
                "{\"endGraceOnFirstUse\":true,\"gracePeriodSeconds\":60}")
            .expect(200)
            .json()
            .getString("rawToken");
    String derived = fixture.jwt(fresh);
    for (String one : List.of(jwt, derived)) {
      Verification.Accepted seen = accepted(one);
      assertEquals(PresentedSecret.unknown(UUID.fromString(id)), seen.secret());
    }
  }

  private Verification.Accepted accepted(String token) {
    return assertInstanceOf(
        Verification.Accepted.class,
        fixture.verifier.verifyPresented(token, null).orElseThrow().verdict());
  }

  @Test
  void expiredJwtIsRejected() {
    fixture.clock.shift(Duration.ofSeconds(601));
    refused(jwt);
  }

  @Test
  void jwtSurvivesKeyRotationUntilTheKeyIsWithdrawn() {
    fixture.keys.rotate(Duration.ZERO);
    String second = fixture.jwt(raw);
    assertNotEquals(
        ExchangeFixture.parsed(jwt).getHeader().getKeyID(),
        ExchangeFixture.parsed(second).getHeader().getKeyID());
    api.with(jwt).get(ApiFixture.WHOAMI).expect(200);
    api.with(second).get(ApiFixture.WHOAMI).expect(200);
    fixture.clock.shift(SigningKeys.OVERLAP);
    refused(jwt);
  }

  @Test
  void introspectionReturnsTheClaims() {
    JsonObject reported = introspected(jwt);
    JWTClaimsSet claims = ExchangeFixture.claims(jwt);
    assertEquals(true, reported.getBoolean("active"));
    assertEquals(READ + " " + REVOKE, reported.getString("scope"));
    assertEquals("access-tokens", reported.getString("client_id"));
    assertEquals("user:default/carol", reported.getString("sub"));
    assertEquals(ExchangeFixture.ISSUER, reported.getString("iss"));
    assertEquals(List.of(ExchangeFixture.ISSUER), texts(reported, "aud"));
    assertEquals(claims.getJWTID(), reported.getString("jti"));
    assertEquals(id, reported.getString("parent_jti"));
    assertEquals(claims.getExpirationTime().toInstant().getEpochSecond(), reported.getInt("exp"));
    assertEquals(Set.of("active"), introspected("ey.J.x").keySet());
  }

  @Test
  void introspectionIncludesTheChangesUpToItsPosition() {
    introspected(jwt);
    assertEquals(List.of(), fixture.positions);
    String position = new ChangeFeed.Position(7, Optional.empty(), "one").text();
    assertEquals(true, introspected(jwt + "&position=" + position).getBoolean("active"));
    assertEquals(List.of(position), fixture.positions);
  }

  @Test
  void revocationOfAJwtIsUnsupported() {
    api.anonymous()
        .form(ApiFixture.REVOKE, "token=" + jwt)
        .expectOAuth(400, "unsupported_token_type");
    api.with(jwt).get(ApiFixture.WHOAMI).expect(200);
    api.with(raw).get(ApiFixture.WHOAMI).expect(200);
    api.anonymous().form(ApiFixture.REVOKE, "token=" + raw).expect(200);
    api.anonymous().form(ApiFixture.REVOKE, "token=" + jwt).expect(200);
    refused(jwt);
  }

  /** Introspection reports such a JWT as active. */
  @Test
  void revocationOfALongJwtIsUnsupported() {
    ExchangeFixture longest = new ExchangeFixture(List.of(Audience.of("a".repeat(23_500))));
    longest
        .api
        .anonymous()
        .form(ApiFixture.REVOKE, "token=" + longest.jwt(longest.raw("carol", "[]")))
        .expectOAuth(400, "unsupported_token_type");
  }

  @Test
  void jwtCannotBeExchanged() {
    fixture.exchange(jwt).expectOAuth(400, "invalid_grant");
  }

  @Test
  void jwtOfAnotherAudienceIsOnlyForIntrospection() {
    ExchangeFixture others = new ExchangeFixture(List.of(Audience.of("backstage")));
    String other = others.jwt(others.raw("carol", "[]"));
    others.api.with(other).get(ApiFixture.WHOAMI).expect(401);
    JsonObject reported =
        others.api.as("gateway").form(ApiFixture.INTROSPECT, "token=" + other).expect(200).json();
    assertEquals(List.of("backstage"), texts(reported, "aud"));
    refused(other);
  }

  @Test
  void foreignSignaturesAreRejected() throws Exception {
    JWTClaimsSet claims = ExchangeFixture.claims(jwt);
    refused(new PlainJWT(claims).serialize());
    String none = base64("{\"alg\":\"none\",\"typ\":\"at+jwt\"}");
    refused(none + "." + jwt.split("\\.", -1)[1] + ".");
    refused(none + "." + jwt.split("\\.", -1)[1] + "." + jwt.split("\\.", -1)[2]);
    refused(byMac(claims));
    refused(jwt.substring(0, jwt.length() - 4) + "AAAA");
    ExchangeFixture others = new ExchangeFixture();
    refused(others.jwt(others.raw("carol", "[]")));
    refused("a.b.c");
  }

  private static String base64(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  /** Signs claims with a MAC. The secret of the MAC is the public key, which every caller knows. */
  private String byMac(JWTClaimsSet claims) throws Exception {
    SignedJWT mac =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256)
                .type(new JOSEObjectType("at+jwt"))
                .keyID(fixture.keys.current().id())
                .build(),
            claims);
    mac.sign(new MACSigner(fixture.keys.current().publicKey().getEncoded()));
    return mac.serialize();
  }

  @Test
  void unexpectedHeadersAndClaimsAreRejected() {
    refused(fixture.resigned(jwt, h -> h.type(JOSEObjectType.JWT), c -> c));
    refused(fixture.resigned(jwt, h -> h.type(null), c -> c));
    refused(fixture.resigned(jwt, h -> h.keyID("other"), c -> c));
    refused(fixture.resigned(jwt, h -> h.keyID(null), c -> c));
    refused(fixture.resigned(jwt, h -> h.customParam("x", 1), c -> c));
    ECKey own = new ECKey.Builder(Curve.P_256, fixture.keys.current().publicKey()).build();
    refused(fixture.resigned(jwt, h -> h.jwk(own), c -> c));
    refused(fixture.resigned(jwt, h -> h, c -> c.issuer("https://other.example/api/auth")));
    refused(fixture.resigned(jwt, h -> h, c -> c.expirationTime(null)));
    refused(fixture.resigned(jwt, h -> h, c -> c.subject("user:default/alice")));
    refused(fixture.resigned(jwt, h -> h, c -> c.claim("cnf", "x")));
    api.with(fixture.resigned(jwt, h -> h, c -> c)).get(ApiFixture.WHOAMI).expect(200);
  }

  @Test
  void twoCredentialsAreRejected() {
    api.anonymous()
        .header("Authorization", "Bearer " + jwt, "Bearer " + jwt)
        .get(ApiFixture.WHOAMI)
        .expect(401);
  }

  @Test
  void unknownTokensAreRateLimited() {
    fixture.unknownLimit = Duration.ofSeconds(3);
    String foreign = fixture.resigned(jwt, h -> h.keyID("other"), c -> c);
    assertEquals("3", api.with(foreign).get(ApiFixture.WHOAMI).expect(429).header("Retry-After"));
    api.with(jwt).get(ApiFixture.WHOAMI).expect(200);
  }

  @Test
  void wrongSignaturesAreCountedAndLimited() {
    api.with(jwt).get(ApiFixture.WHOAMI).expect(200);
    api.with(jwt.substring(0, jwt.length() - 4) + "AAAA").get(ApiFixture.WHOAMI).expect(401);
    String carol = ExchangeFixture.ISSUER + "\nuser:default/carol ";
    assertEquals(List.of(carol + true, carol + false), fixture.signatures);
    fixture.signatureLimit = Duration.ofSeconds(3);
    assertEquals("3", api.with(jwt).get(ApiFixture.WHOAMI).expect(429).header("Retry-After"));
  }

  @Test
  void outagesAre503AndAreReportedOnce() {
    api.usersUp = false;
    api.with(jwt).get(ApiFixture.WHOAMI).expect(503);
    assertEquals(1, fixture.unavailable);
    api.reported.clear();
    api.as("gateway")
        .form(ApiFixture.INTROSPECT, "token=" + jwt)
        .expectOAuth(503, "temporarily_unavailable");
    assertEquals(List.of("unavailable"), api.reported);
    assertEquals(1, fixture.unavailable, "reports of introspections");
  }
}
