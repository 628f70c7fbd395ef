package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.TokenIntrospectionResponse;
import com.nimbusds.oauth2.sdk.TokenIntrospectionSuccessResponse;
import com.nimbusds.oauth2.sdk.TokenRevocationRequest;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.AccessTokenType;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.TestToken;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests introspection and revocation with an independent OAuth library. */
abstract class OAuthTopic extends Topic {

  static final String INTROSPECT = "/api/access-tokens/introspect";
  static final String REVOKE = "/api/access-tokens/revoke";
  static final String PERMISSION = "access-tokens:introspect";

  private URI uri(String path) {
    return URI.create(anonymous.origin() + application.contextPath() + path);
  }

  private TokenIntrospectionResponse introspect(String person, String token)
      throws IOException, ParseException {
    HTTPResponse answer =
        new TokenIntrospectionRequest(
                uri(INTROSPECT),
                new ClientSecretBasic(new ClientID(person), new Secret(person)),
                new BearerAccessToken(token))
            .toHTTPRequest()
            .send();
    assertEquals("no-store", answer.getCacheControl());
    return TokenIntrospectionResponse.parse(answer);
  }

  private HTTPResponse revoke(String token) throws IOException {
    return new TokenRevocationRequest(
            uri(REVOKE), new ClientID("any-client"), new BearerAccessToken(token))
        .toHTTPRequest()
        .send();
  }

  @ParameterizedTest(name = "{0}: {1}, {2}")
  @CsvSource({
    "Sec-Fetch-Site, cross-site,  403",
    "Sec-Fetch-Site, same-origin, 200",
    "Origin,         https://evil.example, 403",
    "Origin,         '',          403",
    "Origin,         '{own}',     200",
  })
  void checksTheOriginOfAnIntrospectionByPassword(String header, String value, int status) {
    ApiResult answer =
        alice
            .call("POST", INTROSPECT)
            .header(header, value.replace("{own}", alice.origin()))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body("token=" + tokens.create().rawToken())
            .send();
    assertEquals(status, answer.status(), answer::toString);
  }

  @Test
  void libraryReadsAnActiveToken() throws Exception {
    TestToken made = tokens.create(good().of(PAYMENTS).scopes("techdocs:read", "catalog:read"));
    TokenIntrospectionSuccessResponse said =
        introspect("alice", made.rawToken()).toSuccessResponse();
    String subject = "service-token:" + PAYMENTS + ':' + made.name();
    assertTrue(said.isActive(), () -> "" + said.toJSONObject());
    assertEquals(List.of("techdocs:read", "catalog:read"), said.getScope().toStringList());
    assertEquals(subject, said.getSubject().getValue());
    assertEquals(subject, said.getClientID().getValue());
    assertEquals(subject, said.getUsername());
    assertEquals(AccessTokenType.BEARER, said.getTokenType());
    assertEquals(seconds(made.token(), "expiresAt"), said.getExpirationTime());
    assertEquals(seconds(made.token(), "createdAt"), said.getIssueTime());
    assertEquals(seconds(made.token(), "createdAt"), said.getNotBeforeTime());
    assertEquals(made.id(), said.getJWTID().getValue());
  }

  private static Date seconds(JsonObject token, String name) {
    return Date.from(Instant.ofEpochSecond(Instant.parse(token.getString(name)).getEpochSecond()));
  }

  @Test
  void libraryReadsAnInactiveTokenAndRevokesAnExpiredOne() throws Exception {
    TestToken made = tokens.create();
    tokens.revoke(made.id());
    TestToken expiring = tokens.createExpiring(good());
    expiring.awaitExpiry();
    for (String token :
        List.of(made.rawToken(), expiring.rawToken(), made.rawToken() + "x", "ey.J.x", "ü")) {
      TokenIntrospectionSuccessResponse said = introspect("alice", token).toSuccessResponse();
      assertFalse(said.isActive(), () -> token + ": " + said.toJSONObject());
      assertEquals(1, said.toJSONObject().size());
    }
    assertEquals(200, revoke(expiring.rawToken()).getStatusCode());
    assertEquals("revoked", tokens.get(expiring.id()).getString("status"));
  }

  @Test
  void libraryReadsADenial() throws Exception {
    TestToken made = tokens.create();
    assertEquals(
        403,
        introspect("bob", made.rawToken()).toErrorResponse().getErrorObject().getHTTPStatusCode());
    ApiResult denied = anonymous.form(INTROSPECT, "token=" + made.rawToken()).expect(401);
    assertEquals("invalid_client", denied.json().getString("error"));
    assertTrue(denied.headerLine("WWW-Authenticate").contains("Bearer"), denied::toString);
    ApiResult token =
        anonymous.bearer(made.rawToken()).form(INTROSPECT, "token=" + made.rawToken()).expect(403);
    assertEquals("insufficient_scope", token.json().getString("error"));
  }

  @Test
  void libraryRevokesAToken() throws Exception {
    TestToken made = tokens.create();
    HTTPResponse first = revoke(made.rawToken());
    assertEquals(200, first.getStatusCode());
    assertEquals("", Objects.requireNonNullElse(first.getBody(), ""));
    anonymous.bearer(made.rawToken()).get(WHOAMI).problem(401);
    assertFalse(
        introspect("alice", made.rawToken()).toSuccessResponse().isActive(),
        "the revoked token is active");
    for (String again : List.of(made.rawToken(), made.rawToken() + "x", "ey.J.x", "ü")) {
      assertEquals(200, revoke(again).getStatusCode());
    }
    JsonObject event = tokens.events(made.id()).get(0);
    assertEquals("revoked", event.getString("event"));
    assertEquals("service-token:" + PLATFORM + ':' + made.name(), event.getString("actor"));
    assertTrue(
        event.getJsonObject("metadata").getString("reason").contains("RFC 7009"), event::toString);
    tokens.tryRevoke(made.id()).problem(409);
  }

  @Test
  void errorsHaveTheFormatOfOAuth() {
    for (String path : List.of(INTROSPECT, REVOKE)) {
      error(alice.form(path, ""), 400);
      error(alice.form(path, "token=a&token=b"), 400);
      error(alice.form(path, "token=%"), 400);
      error(alice.form(path + "?token=a", "token=a"), 400);
      error(alice.post(path, "{\"token\":\"a\"}"), 415);
      error(alice.form(path, "token=" + "x".repeat(110_000)), 413);
      error(alice.form(path, "token=a" + "&a=b".repeat(100)), 400);
      error(alice.form(path + "?a=b" + "&a=b".repeat(100), "token=a"), 400);
      ApiResult read = error(alice.get(path), 405);
      assertTrue(read.headerLine("Allow").contains("POST"), read::toString);
      error(anonymous.bearer("bsat_x").form(path, "token=a"), 401);
    }
    error(
        alice
            .call("POST", INTROSPECT)
            .header("Accept", "text/html")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body("token=a")
            .send(),
        406);
  }

  @Test
  void clientSecretMustBeATokenWithTheScope() {
    TestToken made = tokens.create();
    String personal = new PersonalTokens(dave).create().rawToken();
    for (String path : List.of(INTROSPECT, REVOKE)) {
      for (String secret : List.of(made.rawToken(), made.rawToken() + "x", personal, "bsat_%")) {
        ApiResult refused =
            error(anonymous.basic("gateway", secret).form(path, "token=" + personal), 401);
        assertEquals("invalid_client", refused.json().getString("error"));
        assertTrue(
            refused.headerLine("WWW-Authenticate").contains("Basic realm="), refused::toString);
        assertFalse(refused.text().contains(secret), refused::toString);
      }
      for (String secret : List.of(made.rawToken(), personal, "alice")) {
        String form = "client_id=alice&client_secret=" + secret + "&token=" + personal;
        ApiResult refused = error(anonymous.form(path, form), 401);
        assertEquals("invalid_client", refused.json().getString("error"));
        error(alice.form(path, form), 400);
      }
      error(anonymous.basic("alice", "wrong").form(path, "token=" + personal), 401);
      error(anonymous.authorization("DPoP x").form(path, "token=" + personal), 401);
    }
    anonymous.bearer(personal).get(WHOAMI).ok();
    anonymous.bearer(made.rawToken()).get(WHOAMI).ok();
  }

  /** Some OAuth libraries send the name of a client without a secret by Basic. */
  @Test
  void clientWithoutASecretMaySendItsName() {
    for (String name : List.of("cli", "", "alice")) {
      TestToken made = tokens.create();
      error(anonymous.basic(name, "").form(INTROSPECT, "token=" + made.rawToken()), 401);
      anonymous.bearer(made.rawToken()).get(WHOAMI).ok();
      anonymous.basic(name, "").form(REVOKE, "token=" + made.rawToken()).expect(200);
      anonymous.bearer(made.rawToken()).get(WHOAMI).problem(401);
    }
  }

  @Test
  void longUnknownTokenCountsAsRevoked() {
    anonymous.form(REVOKE, "token=" + "x".repeat(90_000)).expect(200);
  }

  private static ApiResult error(ApiResult answer, int status) {
    answer.expect(status);
    assertTrue(answer.headerLine("Content-Type").startsWith("application/json"), answer::toString);
    assertFalse(answer.json().getString("error").isEmpty(), answer::toString);
    assertFalse(answer.json().getString("error_description").isEmpty(), answer::toString);
    return answer;
  }
}
