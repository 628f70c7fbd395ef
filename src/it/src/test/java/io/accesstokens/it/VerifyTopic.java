package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.TestToken;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the request that a proxy sends before it forwards another request. */
abstract class VerifyTopic extends Topic {

  static final String VERIFY = "/api/access-tokens/verify";

  private static final String ENVOY = VERIFY + "/ext-authz";

  /** Different spellings of the path. A server may reject some of them. */
  private static final List<String> SPELLINGS =
      List.of(
          VERIFY,
          VERIFY + '/',
          VERIFY + ";x=1",
          "/api/access-tokens/%76erify",
          "/api;x=1/access-tokens/verify",
          "/api;/access-tokens/verify",
          "/api/access-tokens;x=1/verify",
          "/api/access-tokens;x=1/%76erify",
          "/api//access-tokens/verify",
          "//api/access-tokens/verify",
          "/api/access-tokens/./verify",
          "/api/access-tokens/x/../verify");

  @Test
  void validTokenIsAccepted() {
    TestToken made = tokens.create(good().of(PAYMENTS).scopes("techdocs:read", "catalog:read"));
    Api token = anonymous.bearer(made.rawToken());
    for (String query : List.of("", "?scope=catalog:read", "?scope=catalog:read%20techdocs:read")) {
      ApiResult answer = token.get(VERIFY + query).expect(204);
      assertEquals(
          "service-token:" + PAYMENTS + ':' + made.name(),
          answer.headerLine("X-Access-Token-Subject"));
      assertEquals("techdocs:read catalog:read", answer.headerLine("X-Access-Token-Scopes"));
      assertEquals(made.id(), answer.headerLine("X-Access-Token-Id"));
      assertEquals("no-store", answer.headerLine("Cache-Control"));
      assertEquals(0, answer.length());
    }
  }

  @Test
  void otherRequestsAreRejected() {
    TestToken made = tokens.create(good().scopes("catalog:read"));
    ApiResult lacks =
        anonymous.bearer(made.rawToken()).get(VERIFY + "?scope=catalog:write").problem(403);
    String challenge = lacks.headerLine("WWW-Authenticate");
    assertTrue(challenge.contains("error=\"insufficient_scope\""), challenge);
    assertTrue(challenge.contains("scope=\"catalog:write\""), challenge);
    tokens.revoke(made.id());
    anonymous.bearer(made.rawToken()).get(VERIFY).problem(401);
    ApiResult withoutToken = anonymous.get(VERIFY).problem(401);
    assertEquals(
        List.of("Bearer realm=\"access-tokens\""), withoutToken.headers("WWW-Authenticate"));
    ApiResult wrongPassword = anonymous.basic("alice", "wrong").get(VERIFY).problem(401);
    assertEquals(
        List.of("Bearer realm=\"access-tokens\""), wrongPassword.headers("WWW-Authenticate"));
    alice.get(VERIFY).problem(403);
  }

  @Test
  void wrongQueryIsRejected() {
    Api token = anonymous.bearer(tokens.create().rawToken());
    token.get(VERIFY + "?scope=%22").problem(400);
    token.get(VERIFY + "?scope=").problem(400);
    token.get(VERIFY + "?scopes=catalog:read").problem(400);
  }

  @Test
  void everyMethodHasTheSameResponse() {
    TestToken made = tokens.create(good().scopes("catalog:read"));
    for (String method : List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")) {
      for (String path :
          List.of(VERIFY + "?scope=catalog:read", ENVOY + "?scope=catalog:read&uri=/x?a=b")) {
        anonymous
            .bearer(made.rawToken())
            .call(method, path)
            .header("Accept", "text/css")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .send()
            .expect(path.startsWith(ENVOY) ? 200 : 204);
        anonymous.call(method, path).send().expect(401);
      }
    }
    assertEquals("catalog:read", tokens.get(made.id()).getJsonArray("scopes").getString(0));
  }

  @Test
  void noSpellingOfThePathAcceptsAnotherToken() {
    TestToken made = tokens.create(good().scopes("catalog:read"));
    TestToken revoked = tokens.create(good().scopes("catalog:read"));
    tokens.revoke(revoked.id());
    for (String path : SPELLINGS) {
      Api token = anonymous.bearer(made.rawToken());
      assertRefused(path, anonymous.bearer(revoked.rawToken()).get(path));
      assertRefused(path, anonymous.get(path));
      assertRefused(path, token.get(path + "?scope=catalog:write"));
      assertRefused(path, token.get(path + "?scope=%22"));
      ApiResult passed = token.get(path + "?scope=catalog:read");
      if (passed.status() < 400) {
        passed.expect(204);
        assertEquals(made.id(), passed.headerLine("X-Access-Token-Id"), path);
      }
    }
    anonymous.bearer(made.rawToken()).get(VERIFY + "?scope=catalog%3Aread").expect(204);
    anonymous.bearer(made.rawToken()).get(VERIFY + '?').expect(204);
  }

  /** A proxy can forward the method and the headers of a client's preflight request. */
  @Test
  void preflightRequestNeedsAToken() {
    Api token = anonymous.bearer(tokens.create(good().scopes("catalog:read")).rawToken());
    for (String path : SPELLINGS) {
      assertRefused(path, preflight(anonymous, path));
      assertRefused(path, preflight(anonymous, path + "/ext-authz"));
    }
    preflight(anonymous, VERIFY).problem(401);
    preflight(anonymous, ENVOY).problem(401);
    preflight(token, VERIFY).expect(204);
    preflight(token, ENVOY).expect(200);
  }

  private static ApiResult preflight(Api api, String path) {
    return api.call("OPTIONS", path + "?scope=catalog:read")
        .header("Origin", CorsTopic.FRONT_END)
        .header("Access-Control-Request-Method", "GET")
        .send();
  }

  private static void assertRefused(String path, ApiResult result) {
    assertTrue(result.status() >= 400, () -> path + ": " + result.status());
  }
}
