package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.ShortLivedTokens;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests sign-in to a session, sign-out, and the protection of its requests against other sites. */
abstract class SessionTopic extends Topic {

  private static final String SESSION = BrowserSession.PATH;
  private static final String READ = "access-tokens:service:read";
  private static final String WRITE = "access-tokens:service:write";
  private static final String REVOKE = "access-tokens:service:revoke";

  private BrowserSession signIn(String person) {
    return BrowserSession.signIn(anonymous, person, person);
  }

  private static List<String> texts(JsonObject object, String member) {
    return object.getJsonArray(member).getValuesAs(JsonString.class).stream()
        .map(JsonString::getString)
        .filter(text -> !text.startsWith("access-tokens:user:"))
        .toList();
  }

  @Test
  void anonymousCallerGetsTheLoginMethods() {
    ApiResult answer = anonymous.get(SESSION);
    JsonObject state = answer.ok();
    assertFalse(state.getBoolean("signedIn"), state::toString);
    assertTrue(state.isNull("subject"), state::toString);
    assertTrue(state.isNull("personalTokenExchange"), state::toString);
    assertEquals("password", state.getJsonArray("ways").getJsonObject(0).getString("id"));
    assertFalse(answer.header("Set-Cookie").isPresent(), answer::toString);
    assertEquals("no-store", answer.headerLine("Cache-Control"));
  }

  @Test
  void userSignsInWorksAndSignsOut() {
    BrowserSession carol = signIn("carol");
    JsonObject state = carol.get(SESSION).ok();
    assertTrue(state.getBoolean("signedIn"), state::toString);
    assertEquals("user:default/carol", state.getString("subject"));
    assertEquals("carol", state.getString("displayName"));
    assertEquals(List.of(READ, WRITE, REVOKE), texts(state, "permissions"));
    assertEquals(List.of(READ, WRITE, REVOKE), texts(state, "ownGroupsOnly"));
    assertEquals(List.of(PLATFORM), texts(state, "groups"));
    assertEquals(
        carol.get(ShortLivedTokens.KEYS).status() == 200,
        state.getBoolean("personalTokenExchange"));
    assertEquals(state, carol.signedIn().ok());
    assertEquals("user:default/carol", carol.get(WHOAMI).ok().getString("subject"));
    JsonObject made = carol.post(PATH, good().json()).expect(201).json();
    assertEquals("user:default/carol", made.getJsonObject("token").getString("createdBy"));
    String id = made.getJsonObject("token").getString("id");
    carol.delete(PATH + '/' + id, REASON).expect(204);

    ApiResult out = carol.delete(SESSION, "").expect(204);
    assertTrue(out.headerLine("Set-Cookie").contains("Max-Age=0"), out::toString);
    assertFalse(carol.get(SESSION).ok().getBoolean("signedIn"), "the session has not ended");
    carol.get(WHOAMI).problem(401);
    carol.delete(SESSION, "").expect(204);
  }

  @Test
  void sessionHasThePermissionsOfTheUser() {
    JsonObject alice = signIn("alice").get(SESSION).ok();
    assertEquals(List.of(), texts(alice, "ownGroupsOnly"));
    assertTrue(texts(alice, "permissions").contains(WRITE), alice::toString);
    JsonObject dave = signIn("dave").get(SESSION).ok();
    assertEquals(List.of(), texts(dave, "permissions"));
    signIn("dave").get(PATH).problem(403);
  }

  @Test
  void cookieIsHttpOnlyAndSameSite() {
    ApiResult answer = signIn("bob").signedIn();
    List<String> cookies = answer.headers("Set-Cookie");
    assertEquals(1, cookies.size(), answer::toString);
    String path = application.contextPath().isEmpty() ? "/" : application.contextPath();
    assertTrue(
        cookies
            .get(0)
            .matches(
                "access-tokens-session=[A-Za-z0-9_-]{43}; Path="
                    + path
                    + "; HttpOnly; SameSite=Lax"),
        answer::toString);
    assertFalse(answer.text().contains(cookies.get(0).substring(22, 65)), "the key is in the body");
  }

  @Test
  void eachSignInReplacesTheSession() {
    BrowserSession first = signIn("bob");
    BrowserSession second =
        BrowserSession.of(
            anonymous
                .call("POST", SESSION)
                .header("Cookie", first.cookie())
                .json(BrowserSession.credentials("carol", "carol"))
                .send());
    assertNotEquals(first.cookie(), second.cookie());
    first.on(anonymous).get(WHOAMI).problem(401);
    second.on(anonymous).get(WHOAMI).ok();
  }

  @Test
  void plantedSessionKeyIsRejected() {
    String planted = "access-tokens-session=" + "A".repeat(43);
    ApiResult answer =
        anonymous
            .call("POST", SESSION)
            .header("Cookie", planted)
            .json(BrowserSession.credentials("alice", "alice"))
            .send()
            .expect(200);
    assertFalse(answer.headerLine("Set-Cookie").contains("AAAA"), answer::toString);
    anonymous.call("GET", WHOAMI).header("Cookie", planted).send().problem(401);
  }

  @Test
  void signOutEverywhereEndsAllSessionsOfTheUser() {
    BrowserSession here = signIn("bob");
    BrowserSession there = signIn("bob");
    BrowserSession carol = signIn("carol");
    here.delete(SESSION + "?everywhere=true", "").expect(204);
    here.get(WHOAMI).problem(401);
    there.get(WHOAMI).problem(401);
    carol.get(WHOAMI).ok();
    BrowserSession again = signIn("bob");
    bob.delete(SESSION + "?everywhere=true", "").expect(204);
    again.get(WHOAMI).problem(401);
    anonymous.delete(SESSION + "?everywhere=true", "").problem(401);
    ApiResult answer = anonymous.delete(SESSION + "?everywhere=perhaps", "").problem(400);
    assertEquals(List.of("everywhere"), answer.violatedFields());
  }

  @Test
  void crossSiteChangeInASessionIsRejected() {
    BrowserSession carol = signIn("carol");
    String body = good().json();
    List<Map<String, String>> refused =
        List.of(
            Map.of(),
            Map.of("Sec-Fetch-Site", "same-origin"),
            Map.of("Origin", anonymous.origin()),
            Map.of("X-Requested-With", "x", "Sec-Fetch-Site", "cross-site"),
            Map.of("X-Requested-With", "x", "Sec-Fetch-Site", "same-site"),
            Map.of("X-Requested-With", "x", "Origin", "https://evil.example"),
            Map.of("X-Requested-With", "x", "Origin", "null"));
    for (Map<String, String> headers : refused) {
      for (String path : List.of(PATH, SESSION)) {
        Api.Call call = anonymous.call(path.equals(PATH) ? "POST" : "DELETE", path);
        headers.forEach(call::header);
        String error =
            call.header("Cookie", carol.cookie())
                .json(body)
                .send()
                .problem(403)
                .json()
                .getString("error");
        assertTrue(
            error.contains(
                headers.containsKey("X-Requested-With")
                    ? "comes from another site"
                    : "needs the header X-Requested-With"),
            error);
      }
    }
    for (Map<String, String> headers :
        List.of(
            Map.of("X-Requested-With", "x"),
            Map.of("X-Requested-With", "x", "Sec-Fetch-Site", "same-origin"),
            Map.of("X-Requested-With", "x", "Origin", anonymous.origin()))) {
      Api.Call call = anonymous.call("POST", PATH);
      headers.forEach(call::header);
      call.header("Cookie", carol.cookie()).json(good().json()).send().expect(201);
    }
    // A request that changes nothing needs no protection.
    anonymous
        .call("GET", WHOAMI)
        .header("Cookie", carol.cookie())
        .header("Sec-Fetch-Site", "cross-site")
        .send()
        .ok();
  }

  @Test
  void changeForAnotherUserIsRejected() {
    BrowserSession carol = signIn("carol");
    for (String user : List.of("user:default/dave", "user%3Adefault%2Fdave", "%", "")) {
      String error =
          carol
              .call("POST", PATH)
              .header("X-Session-User", user)
              .json(good().json())
              .send()
              .problem(403)
              .json()
              .getString("error");
      assertEquals("this browser is now signed in as user:default/carol: reload the page", error);
      carol.call("DELETE", SESSION).header("X-Session-User", user).send().problem(403);
    }
    carol
        .call("POST", PATH)
        .header("X-Session-User", "user%3Adefault%2Fcarol")
        .json(good().json())
        .send()
        .expect(201);
  }

  @Test
  void crossSiteSignInIsRejected() {
    String credentials = BrowserSession.credentials("bob", "bob");
    for (Map<String, String> headers :
        List.of(
            Map.of("Sec-Fetch-Site", "cross-site"),
            Map.of("Sec-Fetch-Site", "same-site"),
            Map.of("Origin", "https://evil.example"),
            Map.of("Origin", "null"))) {
      Api.Call call = anonymous.call("POST", SESSION);
      headers.forEach(call::header);
      ApiResult answer = call.json(credentials).send().problem(403);
      assertFalse(answer.header("Set-Cookie").isPresent(), answer::toString);
    }
    for (String type : List.of("text/plain", "application/x-www-form-urlencoded")) {
      anonymous
          .call("POST", SESSION)
          .header("Content-Type", type)
          .body(credentials)
          .send()
          .problem(415);
    }
    anonymous.call("POST", SESSION).body(credentials).send().problem(415);
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "{\"username\":\"alice\",\"password\":\"Alice\"}",
        "{\"username\":\"alice\",\"password\":\"\"}",
        "{\"username\":\"\",\"password\":\"alice\"}",
        "{\"username\":\"unknown\",\"password\":\"unknown\"}",
        "{\"username\":\"alice\\u0000\",\"password\":\"alice\"}",
        "{\"username\":\"user:default/alice\",\"password\":\"alice\"}"
      })
  void everyFailedSignInHasTheSameResponse(String credentials) {
    ApiResult answer = anonymous.post(SESSION, credentials).problem(401);
    ApiResult unknown = anonymous.post(SESSION, BrowserSession.credentials("x", "y")).problem(401);
    assertEquals(unknown.untracedText(), answer.untracedText());
    assertFalse(answer.header("Set-Cookie").isPresent(), answer::toString);
    ApiResult browser =
        anonymous
            .call("POST", SESSION)
            .header("Sec-Fetch-Site", "same-origin")
            .json(credentials)
            .send()
            .problem(401);
    assertFalse(browser.headerLine("WWW-Authenticate").contains("Basic"), browser::toString);
  }

  @Test
  void tooLongCredentialsAreRejected() {
    String name = "\u00e9".repeat(300);
    anonymous.post(SESSION, BrowserSession.credentials(name, "x")).problem(401);
    anonymous.post(SESSION, BrowserSession.credentials("alice", "x".repeat(10_000))).problem(401);
  }

  @Test
  void signInIsLimitedTo16Kilobytes() {
    int rest = BrowserSession.credentials("alice", "").length();
    String longest = BrowserSession.credentials("alice", "x".repeat(16_384 - rest));
    for (String more : List.of("", " ", " ".repeat(90_000))) {
      String body = longest + more;
      int expected = more.isEmpty() ? 401 : 413;
      anonymous.post(SESSION, body).problem(expected);
      anonymous
          .call("POST", SESSION)
          .header("Content-Type", "application/json")
          .chunked(body.getBytes(StandardCharsets.UTF_8))
          .send()
          .problem(expected);
    }
  }

  @Test
  void wrongFieldsAreReported() {
    anonymous.post(SESSION, "{}").violates("username");
    anonymous.post(SESSION, "{\"username\":\"alice\"}").violates("password");
    anonymous.post(SESSION, "{\"username\":1,\"password\":[]}").violates("password");
    anonymous.post(SESSION, "no json").problem(400);
  }

  @Test
  void credentialsOverrideTheCookie() {
    BrowserSession carol = signIn("carol");
    ApiResult answer = bob.call("GET", WHOAMI).header("Cookie", carol.cookie()).send();
    assertEquals("user:default/bob", answer.ok().getString("subject"));
    for (String wrong : List.of("Bearer x", "Basic YWxpY2U6eA==", "Digest x")) {
      anonymous
          .authorization(wrong)
          .call("GET", WHOAMI)
          .header("Cookie", carol.cookie())
          .send()
          .problem(401);
    }
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "access-tokens-session",
        "access-tokens-session=",
        "access-tokens-session=x",
        "access-tokens-session=\"x\"",
        "access-tokens-session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "=;;;access-tokens-session=;=",
        "\u00e9=\u00e9; access-tokens-session=\u00e9"
      })
  void malformedCookieIsRejected(String cookie) {
    anonymous.call("GET", WHOAMI).header("Cookie", cookie).send().problem(401);
    JsonObject state = anonymous.call("GET", SESSION).header("Cookie", cookie).send().ok();
    assertFalse(state.getBoolean("signedIn"), state::toString);
  }

  @Test
  void severalSessionCookiesAreRejected() {
    BrowserSession carol = signIn("carol");
    BrowserSession bob = signIn("bob");
    for (String planted : List.of(bob.cookie(), "access-tokens-session=x")) {
      String both = planted + "; " + carol.cookie();
      anonymous.call("GET", WHOAMI).header("Cookie", both).send().problem(401);
      ApiResult state = anonymous.call("GET", SESSION).header("Cookie", both).send();
      assertFalse(state.ok().getBoolean("signedIn"), state::toString);
      anonymous
          .call("DELETE", SESSION)
          .header("Cookie", both)
          .header("X-Requested-With", "x")
          .send()
          .expect(204);
    }
    anonymous.call("GET", WHOAMI).header("Cookie", "x=y; " + carol.cookie()).send().ok();
    bob.on(anonymous).get(WHOAMI).ok();
  }

  @Test
  void sampleSessionIsLocalOnly() {
    BrowserSession alice = signIn("alice");
    for (String header : List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto")) {
      anonymous
          .call("GET", WHOAMI)
          .header("Cookie", alice.cookie())
          .header(header, "x")
          .send()
          .problem(401);
      anonymous
          .call("POST", SESSION)
          .header(header, "x")
          .json(BrowserSession.credentials("alice", "alice"))
          .send()
          .problem(401);
    }
    alice.get(WHOAMI).ok();
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "/",
        "/nowhere",
        "/health/live",
        "/api/nowhere",
        "/api/access-tokens/whoami",
        SESSION
      })
  void everyResponseHasRestrictiveHeaders(String path) {
    ApiResult answer = anonymous.get(path);
    String policy = answer.headerLine("Content-Security-Policy");
    assertTrue(policy.contains("default-src 'none'"), answer::toString);
    assertTrue(policy.contains("frame-ancestors 'none'"), answer::toString);
    assertTrue(policy.contains("base-uri 'none'"), answer::toString);
    assertFalse(policy.contains("unsafe"), answer::toString);
    assertEquals("nosniff", answer.headerLine("X-Content-Type-Options"), answer::toString);
    assertEquals("no-referrer", answer.headerLine("Referrer-Policy"), answer::toString);
    assertEquals("DENY", answer.headerLine("X-Frame-Options"), answer::toString);
    for (String header : List.of("Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy")) {
      assertEquals("same-origin", answer.headerLine(header), answer::toString);
    }
    assertFalse(answer.header("Strict-Transport-Security").isPresent(), answer::toString);
  }
}
