package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests that a short-lived JWT has the same rights as its personal token, and never more. */
class UseShortLivedTokenTest {

  private static final String READ = "access-tokens:service:read";
  private static final String REVOKE = "access-tokens:service:revoke";

  private final Exchanging exchanging = new Exchanging();
  private final ApiFixture api = exchanging.api;
  private final JsonObject made = api.mint("carol", "[\"" + READ + "\",\"" + REVOKE + "\"]");
  private final String raw = made.getString("rawToken");
  private final String id = made.getJsonObject("token").getString("id");
  private final String jwt = exchanging.jwt(raw);

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
  void letsInAsTheUser() {
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
  void isCutToItsOwnScopes() {
    String narrow =
        exchanging
            .ask("grant_type=refresh_token&scope=" + READ + "&refresh_token=" + raw)
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
  void isCutToWhatTheUserMayNow() {
    api.platform.clear();
    assertEquals(List.of(), texts(api.with(jwt).get(ApiFixture.WHOAMI).json(), "permissions"));
    assertEquals("", introspected(jwt).getString("scope"));
    api.platform.add("carol");
    api.with(jwt).get(ApiFixture.SERVICE).expect(200);
  }

  @Test
  void endsWithItsPersonalTokenAndItsUser() {
    api.with(jwt).get(ApiFixture.WHOAMI).expect(200);
    api.gone.add("carol");
    refused(jwt);
    api.gone.clear();
    api.with(jwt).get(ApiFixture.WHOAMI).expect(200);
    api.as("carol").delete(ApiFixture.PERSONAL + "/" + id, "{}").expect(204);
    refused(jwt);
  }

  @Test
  void endsByItself() {
    exchanging.clock.shift(Duration.ofSeconds(601));
    refused(jwt);
  }

  @Test
  void survivesARotationAndNoWithdrawal() {
    exchanging.keys.rotate(Duration.ZERO);
    String second = exchanging.jwt(raw);
    assertNotEquals(
        Exchanging.parsed(jwt).getHeader().getKeyID(),
        Exchanging.parsed(second).getHeader().getKeyID());
    api.with(jwt).get(ApiFixture.WHOAMI).expect(200);
    api.with(second).get(ApiFixture.WHOAMI).expect(200);
    exchanging.clock.shift(SigningKeys.OVERLAP);
    refused(jwt);
  }

  @Test
  void introspectionTellsWhatItIs() {
    JsonObject told = introspected(jwt);
    JWTClaimsSet claims = Exchanging.claims(jwt);
    assertEquals(true, told.getBoolean("active"));
    assertEquals(READ + " " + REVOKE, told.getString("scope"));
    assertEquals("access-tokens", told.getString("client_id"));
    assertEquals("user:default/carol", told.getString("sub"));
    assertEquals(Exchanging.ISSUER, told.getString("iss"));
    assertEquals(List.of(Exchanging.ISSUER), texts(told, "aud"));
    assertEquals(claims.getJWTID(), told.getString("jti"));
    assertEquals(id, told.getString("parent_jti"));
    assertEquals(claims.getExpirationTime().toInstant().getEpochSecond(), told.getInt("exp"));
    assertEquals(Set.of("active"), introspected("ey.J.x").keySet());
  }

  @Test
  void isNotRevokedAndSaysSo() {
    api.anonymous()
        .form(ApiFixture.REVOKE, "token=" + jwt)
        .expectOAuth(400, "unsupported_token_type");
    api.with(jwt).get(ApiFixture.WHOAMI).expect(200);
    api.with(raw).get(ApiFixture.WHOAMI).expect(200);
    api.anonymous().form(ApiFixture.REVOKE, "token=" + raw).expect(200);
    api.anonymous().form(ApiFixture.REVOKE, "token=" + jwt).expect(200);
    refused(jwt);
  }

  @Test
  void isNoPersonalToken() {
    exchanging.exchange(jwt).expectOAuth(400, "invalid_grant");
  }

  @Test
  void thatOfAnotherAudienceIsOnlyForIntrospection() {
    Exchanging others = new Exchanging(List.of(Audience.of("backstage")));
    String other = others.jwt(others.raw("carol", "[]"));
    others.api.with(other).get(ApiFixture.WHOAMI).expect(401);
    JsonObject told =
        others.api.as("gateway").form(ApiFixture.INTROSPECT, "token=" + other).expect(200).json();
    assertEquals(List.of("backstage"), texts(told, "aud"));
    refused(other);
  }

  @Test
  void noneThatWasNotSignedHereIsAccepted() throws Exception {
    JWTClaimsSet claims = Exchanging.claims(jwt);
    refused(new PlainJWT(claims).serialize());
    String none = base64("{\"alg\":\"none\",\"typ\":\"at+jwt\"}");
    refused(none + "." + jwt.split("\\.", -1)[1] + ".");
    refused(none + "." + jwt.split("\\.", -1)[1] + "." + jwt.split("\\.", -1)[2]);
    refused(byMac(claims));
    refused(jwt.substring(0, jwt.length() - 4) + "AAAA");
    Exchanging others = new Exchanging();
    refused(others.jwt(others.raw("carol", "[]")));
    refused("a.b.c");
  }

  private static String base64(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  /** Signs with a MAC whose secret is the public key, which is known to every caller. */
  private String byMac(JWTClaimsSet claims) throws Exception {
    SignedJWT mac =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256)
                .type(new JOSEObjectType("at+jwt"))
                .keyID(exchanging.keys.current().id())
                .build(),
            claims);
    mac.sign(new MACSigner(exchanging.keys.current().publicKey().getEncoded()));
    return mac.serialize();
  }

  @Test
  void noneOfOursThatSaysSomethingElseIsAccepted() {
    refused(exchanging.resigned(jwt, h -> h.type(JOSEObjectType.JWT), c -> c));
    refused(exchanging.resigned(jwt, h -> h.type(null), c -> c));
    refused(exchanging.resigned(jwt, h -> h.keyID("other"), c -> c));
    refused(exchanging.resigned(jwt, h -> h.keyID(null), c -> c));
    refused(exchanging.resigned(jwt, h -> h.customParam("x", 1), c -> c));
    ECKey own = new ECKey.Builder(Curve.P_256, exchanging.keys.current().publicKey()).build();
    refused(exchanging.resigned(jwt, h -> h.jwk(own), c -> c));
    refused(exchanging.resigned(jwt, h -> h, c -> c.issuer("https://other.example/api/auth")));
    refused(exchanging.resigned(jwt, h -> h, c -> c.expirationTime(null)));
    refused(exchanging.resigned(jwt, h -> h, c -> c.subject("user:default/alice")));
    refused(exchanging.resigned(jwt, h -> h, c -> c.claim("cnf", "x")));
    api.with(exchanging.resigned(jwt, h -> h, c -> c)).get(ApiFixture.WHOAMI).expect(200);
  }

  @Test
  void ofTwoCredentialsNoneCounts() {
    api.anonymous()
        .header("Authorization", "Bearer " + jwt, "Bearer " + jwt)
        .get(ApiFixture.WHOAMI)
        .expect(401);
  }

  @Test
  void tooManyUnknownOnesAreLimited() {
    exchanging.unknownLimit = Duration.ofSeconds(3);
    String foreign = exchanging.resigned(jwt, h -> h.keyID("other"), c -> c);
    assertEquals("3", api.with(foreign).get(ApiFixture.WHOAMI).expect(429).header("Retry-After"));
    api.with(jwt).get(ApiFixture.WHOAMI).expect(200);
  }

  @Test
  void outagesAreNoRefusals() {
    api.peopleUp = false;
    api.with(jwt).get(ApiFixture.WHOAMI).expect(503);
    api.as("gateway")
        .form(ApiFixture.INTROSPECT, "token=" + jwt)
        .expectOAuth(503, "temporarily_unavailable");
  }
}
