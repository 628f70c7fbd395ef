package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.TestToken;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests which other origins may call the API from their pages, and with which credentials. */
abstract class CorsTopic extends Topic {

  /** The allowed origin. */
  static final String FRONT_END = "https://backstage.example.com";

  @Test
  void onlyAllowedOriginsAreAcceptedAndNeverWithCredentials() {
    ApiResult preflight =
        anonymous
            .call("OPTIONS", PATH)
            .header("Origin", FRONT_END)
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "authorization,content-type,idempotency-key")
            .send()
            .expect(204);
    assertEquals(FRONT_END, preflight.headerLine("Access-Control-Allow-Origin"));
    assertEquals(
        Set.of("authorization", "content-type", "idempotency-key"),
        names(preflight, "Access-Control-Allow-Headers"));
    for (String origin :
        new String[] {
          "https://evil.example",
          "https://backstage.example.com.evil.example",
          "https://backstage.example.com:444",
          "http://backstage.example.com",
          "HTTPS://BACKSTAGE.EXAMPLE.COM",
          "null",
          "*"
        }) {
      for (String method : new String[] {"OPTIONS", "GET"}) {
        ApiResult answer =
            anonymous
                .call(method, WHOAMI)
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "GET")
                .send();
        assertFalse(answer.header("Access-Control-Allow-Origin").isPresent(), answer::toString);
        assertTrue(answer.headers("Vary").contains("Origin"), answer::toString);
      }
    }
    ApiResult refused =
        anonymous.call("GET", WHOAMI).header("Origin", FRONT_END).send().problem(401);
    assertEquals(FRONT_END, refused.headerLine("Access-Control-Allow-Origin"));
    for (ApiResult answer : new ApiResult[] {preflight, refused}) {
      assertEquals(List.of(), answer.headers("Access-Control-Allow-Credentials"));
    }
  }

  @Test
  void metadataAtTheRootOfTheHostIsForAllowedOriginsToo() {
    String path = "/.well-known/oauth-authorization-server/api/auth";
    for (ApiResult answer :
        List.of(
            anonymous
                .call("OPTIONS", path)
                .header("Origin", FRONT_END)
                .header("Access-Control-Request-Method", "GET")
                .send()
                .expect(204),
            anonymous.call("GET", path).header("Origin", FRONT_END).send())) {
      assertEquals(FRONT_END, answer.headerLine("Access-Control-Allow-Origin"));
      assertTrue(answer.headers("Vary").contains("Origin"), answer::toString);
    }
  }

  /** Returns the names of header fields in a header, in lower case. */
  private static Set<String> names(ApiResult answer, String header) {
    return Set.of(answer.headerLine(header).toLowerCase(Locale.ROOT).split(",\\s*"));
  }

  @Test
  void allowedOriginAuthenticatesByTokenOnly() {
    TestToken made = tokens.create();
    ApiResult read =
        anonymous
            .bearer(made.rawToken())
            .call("GET", WHOAMI)
            .header("Origin", FRONT_END)
            .header("Sec-Fetch-Site", "cross-site")
            .send()
            .expect(200);
    assertEquals(FRONT_END, read.headerLine("Access-Control-Allow-Origin"));
    Set<String> exposed = names(read, "Access-Control-Expose-Headers");
    assertTrue(
        exposed.containsAll(
            Set.of(
                "accept-patch",
                "allow",
                "content-disposition",
                "location",
                "ratelimit",
                "ratelimit-policy",
                "retry-after",
                "www-authenticate",
                "deprecation",
                "sunset",
                "x-access-token-expires")),
        exposed::toString);
    // The origin cannot change data with a session or with Basic credentials.
    BrowserSession carol = BrowserSession.signIn(anonymous, "carol", "carol");
    for (Api.Call call :
        List.of(carol.call("POST", PATH), anonymous.as("carol").call("POST", PATH))) {
      call.header("Origin", FRONT_END)
          .header("Sec-Fetch-Site", "cross-site")
          .json(good().json())
          .send()
          .problem(403);
    }
    // The preflight does not allow the header that session requests need.
    ApiResult preflight =
        anonymous
            .call("OPTIONS", PATH)
            .header("Origin", FRONT_END)
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "x-requested-with")
            .send()
            .expect(204);
    assertFalse(
        preflight
            .headerLine("Access-Control-Allow-Headers")
            .toLowerCase(Locale.ROOT)
            .contains("x-requested-with"),
        preflight::toString);
  }
}
