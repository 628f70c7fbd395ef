package io.accesstokens.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.PersonalTokens;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the list of the caller's own sessions, sign-out in it, and repeated authentication. */
abstract class OwnSessionsTopic extends Topic {

  private static final String SESSIONS = "/api/access-tokens/sessions";
  private static final String AGAIN = BrowserSession.PATH + "/reauthentication";
  private static final String FIREFOX =
      "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @BeforeEach
  void endAll() {
    for (Api person : List.of(carol, dave)) {
      person.delete(SESSIONS, "").expect(204);
    }
  }

  private BrowserSession signIn(String person) {
    return signIn(person, FIREFOX);
  }

  private BrowserSession signIn(String person, String userAgent) {
    return BrowserSession.of(
            anonymous
                .call("POST", BrowserSession.PATH)
                .header("User-Agent", userAgent)
                .json(BrowserSession.credentials(person, person))
                .send())
        .on(anonymous);
  }

  private static List<JsonObject> listed(BrowserSession session) {
    return session.get(SESSIONS).ok().getJsonArray("sessions").getValuesAs(JsonObject.class);
  }

  private static String ownId(BrowserSession session) {
    return listed(session).stream()
        .filter(one -> one.getBoolean("current"))
        .findFirst()
        .orElseThrow()
        .getString("id");
  }

  private static boolean isSignedIn(BrowserSession session) {
    return session.get(BrowserSession.PATH).ok().getBoolean("signedIn");
  }

  @Test
  void listHasTheSessionsOfTheUser() {
    Instant begun = Instant.now().minusMillis(1);
    BrowserSession firefox = signIn("carol");
    signIn("carol", "curl/8.14.1");
    signIn("dave");
    ApiResult answer = firefox.get(SESSIONS).expect(200);
    List<JsonObject> sessions = listed(firefox);
    assertEquals(2, sessions.size(), answer::toString);
    assertEquals(
        Set.of(
            "id",
            "current",
            "client",
            "way",
            "address",
            "createdAt",
            "signedInAt",
            "lastSeenAt",
            "lastSeenAddress",
            "expiresAt"),
        sessions.get(0).keySet());
    JsonObject other =
        sessions.stream().filter(session -> !session.getBoolean("current")).findAny().orElseThrow();
    assertEquals("curl", other.getString("client"));
    JsonObject own =
        sessions.stream().filter(session -> session.getBoolean("current")).findAny().orElseThrow();
    assertEquals("Firefox on Linux", own.getString("client"));
    assertEquals("password", own.getString("way"));
    assertEquals("127.0.0.1", own.getString("address"));
    assertEquals(own.getString("createdAt"), own.getString("signedInAt"));
    Instant created = Instant.parse(own.getString("createdAt"));
    assertFalse(created.isBefore(begun) || created.isAfter(Instant.now()), answer::toString);
    assertEquals(
        Duration.ofHours(12), Duration.between(created, Instant.parse(own.getString("expiresAt"))));
    String key = firefox.cookie().split("=", 2)[1];
    assertFalse(answer.text().contains(key), "the key is in the list");
    assertEquals("no-store", answer.headerLine("Cache-Control"));
    JsonObject state = firefox.get(BrowserSession.PATH).ok();
    assertEquals("password", state.getString("way"));
    assertEquals(own.getString("signedInAt"), state.getString("signedInAt"));
    assertEquals(JsonValue.NULL, anonymous.get(BrowserSession.PATH).ok().get("signedInAt"));
  }

  @Test
  void sessionIdIsNotAccepted() {
    BrowserSession carol = signIn("carol");
    String id = ownId(carol);
    for (String value : List.of(id, id.replace("-", ""), (id + "AAAAAAA"))) {
      anonymous
          .call("GET", WHOAMI)
          .header("Cookie", "access-tokens-session=" + value)
          .send()
          .problem(401);
    }
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "<img src=x onerror=alert(1)>",
        "Firefox/<script>alert(1)</script> Linux",
        "'; drop table access_token_sessions; --",
        "x"
      })
  void userAgentIsNotRepeated(String userAgent) {
    BrowserSession session = signIn("carol", userAgent);
    ApiResult answer = session.get(SESSIONS).expect(200);
    assertFalse(answer.text().contains("script"), answer::toString);
    JsonObject own = listed(session).get(0);
    if (userAgent.startsWith("Firefox")) {
      assertEquals("Firefox on Linux", own.getString("client"));
    } else {
      assertTrue(own.isNull("client"), answer::toString);
    }
  }

  @Test
  void signOutByIdEndsThatSessionOnly() {
    BrowserSession here = signIn("carol");
    BrowserSession there = signIn("carol");
    BrowserSession third = signIn("carol");
    ApiResult answer = here.delete(SESSIONS + '/' + ownId(there), "").expect(204);
    assertFalse(answer.header("Set-Cookie").isPresent(), answer::toString);
    there.get(WHOAMI).problem(401);
    here.get(WHOAMI).ok();
    third.get(WHOAMI).ok();
    String own = ownId(here);
    ApiResult out = here.delete(SESSIONS + '/' + own, "").expect(204);
    assertTrue(out.headerLine("Set-Cookie").contains("Max-Age=0"), out::toString);
    here.get(WHOAMI).problem(401);
    third.delete(SESSIONS + '/' + own, "").problem(404);
  }

  @Test
  void signOutElsewhereKeepsTheCurrentSession() {
    BrowserSession here = signIn("carol");
    BrowserSession there = signIn("carol");
    BrowserSession another = signIn("dave");
    here.delete(SESSIONS, "").expect(204);
    assertTrue(isSignedIn(here), "the session of the request");
    assertFalse(isSignedIn(there), "another session of the user");
    assertTrue(isSignedIn(another), "another user's session");
    assertEquals(1, listed(here).size());
    // A request with credentials has no session, so no session is kept.
    carol.delete(SESSIONS, "").expect(204);
    assertFalse(isSignedIn(here), "a session of the user");
  }

  @Test
  void sessionOfAnotherUserIsNotFound() {
    BrowserSession carols = signIn("carol");
    BrowserSession daves = signIn("dave");
    String id = ownId(daves);
    ApiResult others = carols.delete(SESSIONS + '/' + id, "").problem(404);
    ApiResult unknown = carols.delete(SESSIONS + '/' + NO_ID, "").problem(404);
    assertEquals(unknown.untracedText(), others.untracedText());
    alice.delete(SESSIONS + '/' + id, "").problem(404);
    for (String malformed :
        List.of("x", id.toUpperCase(Locale.ROOT), id + "x", "1-1-1-1-1", "%00")) {
      carols.delete(SESSIONS + '/' + malformed, "").expectOneOf(400, 404);
    }
    assertTrue(isSignedIn(daves), "another user's session");
  }

  @Test
  void tokenHasNoAccessToSessions() {
    BrowserSession session = signIn("carol");
    String personal = new PersonalTokens(carol).create("access-tokens:service:read").rawToken();
    for (String rawToken : List.of(personal, tokens.create().rawToken())) {
      Api bearer = anonymous.bearer(rawToken);
      ApiResult refused = bearer.get(SESSIONS).problem(403);
      assertTrue(refused.text().contains("a token has no sessions"), refused::toString);
      bearer.delete(SESSIONS, "").problem(403);
      bearer.delete(SESSIONS + '/' + ownId(session), "").problem(403);
    }
    anonymous.get(SESSIONS).problem(401);
    anonymous.delete(SESSIONS, "").problem(401);
    assertTrue(isSignedIn(session), "a token ended the session");
  }

  @Test
  void crossSiteSignOutIsRejected() {
    BrowserSession here = signIn("carol");
    BrowserSession there = signIn("carol");
    for (Map<String, String> headers :
        List.of(
            Map.<String, String>of(),
            Map.of("Sec-Fetch-Site", "same-origin"),
            Map.of("X-Requested-With", "x", "Sec-Fetch-Site", "cross-site"),
            Map.of("X-Requested-With", "x", "Origin", "https://evil.example"))) {
      for (String path : List.of(SESSIONS, SESSIONS + '/' + ownId(there), AGAIN)) {
        Api.Call call = anonymous.call(path.equals(AGAIN) ? "POST" : "DELETE", path);
        headers.forEach(call::header);
        call.header("Cookie", here.cookie()).json(password("carol")).send().problem(403);
      }
    }
    assertTrue(isSignedIn(here), "the session of the request");
    assertTrue(isSignedIn(there), "another session of the user");
  }

  private static String password(String password) {
    return "{\"password\":\"" + password + "\"}";
  }

  @Test
  void passwordRenewsTheSessionKeyAndSignInTime() {
    BrowserSession session = signIn("carol");
    JsonObject before = listed(session).get(0);
    ApiResult answer = session.post(AGAIN, password("carol")).expect(204);
    String cookie = answer.header("Set-Cookie").orElseThrow().split(";", 2)[0];
    assertNotEquals(session.cookie(), cookie);
    session.get(WHOAMI).problem(401);
    ApiResult list = anonymous.call("GET", SESSIONS).header("Cookie", cookie).send().expect(200);
    JsonObject after = list.json().getJsonArray("sessions").getJsonObject(0);
    assertEquals(before.getString("id"), after.getString("id"));
    assertEquals(before.getString("createdAt"), after.getString("createdAt"));
    assertEquals(before.getString("expiresAt"), after.getString("expiresAt"));
    assertTrue(
        Instant.parse(before.getString("signedInAt"))
            .isBefore(Instant.parse(after.getString("signedInAt"))),
        list::toString);
  }

  /** A sign-out can have the former key if the response with the new key is still on its way. */
  @Test
  void formerKeyOfARenewedSessionOnlyEndsTheSession() {
    BrowserSession former = signIn("carol");
    BrowserSession renewed = former.renewedBy(former.post(AGAIN, password("carol")).expect(204));
    former.get(WHOAMI).problem(401);
    former.delete(BrowserSession.PATH + "?everywhere=true", "").problem(401);
    renewed.get(WHOAMI).ok();
    former.delete(BrowserSession.PATH, "").expect(204);
    renewed.get(WHOAMI).problem(401);
  }

  @Test
  void wrongPasswordChangesNothing() {
    BrowserSession session = signIn("carol");
    JsonObject before = listed(session).get(0);
    for (String wrong : List.of("x", "dave", "Carol", "")) {
      ApiResult answer = session.post(AGAIN, password(wrong)).problem(401);
      assertFalse(answer.header("Set-Cookie").isPresent(), answer::toString);
    }
    session.post(AGAIN, "{}").violates("password");
    session.post(AGAIN, "{\"password\":1}").violates("password");
    session.post(AGAIN, "no json").problem(400);
    JsonObject after = listed(session).get(0);
    assertEquals(before.getString("signedInAt"), after.getString("signedInAt"));
    anonymous.post(AGAIN, password("carol")).problem(401);
    carol.post(AGAIN, password("carol")).problem(401); // has no session
  }

  @Test
  void plantedKeyIsNotRenewed() {
    String planted = "access-tokens-session=" + "A".repeat(43);
    anonymous
        .call("POST", AGAIN)
        .header("Cookie", planted)
        .header("X-Requested-With", "x")
        .json(password("carol"))
        .send()
        .problem(401);
  }

  @Test
  void revocationOfAllTokensEndsTheSessionsOfTheUser() {
    BrowserSession one = signIn("carol");
    BrowserSession two = signIn("carol");
    BrowserSession other = signIn("dave");
    String path = PersonalTokens.USER_TOKENS + "/revoke";
    String body = "{\"userEntityRef\":\"carol\",\"reason\":\"left the company\"}";
    dave.post(path, body).problem(403);
    assertTrue(isSignedIn(one), "a refused revocation has ended a session");
    alice.post(path, body).ok();
    assertFalse(isSignedIn(one), "a session of the user has not ended");
    two.post(PersonalTokens.PATH, PersonalTokens.request("late")).problem(401);
    assertTrue(isSignedIn(other), "a session of another user has ended");
    String event = "\"event\":\"sessions-ended\"";
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () -> assertTrue(logsOfCarol().anyMatch(line -> line.contains(event)), event));
  }

  @Test
  void signOutsAreLogged() {
    BrowserSession here = signIn("carol");
    BrowserSession there = signIn("carol");
    here.delete(SESSIONS + '/' + ownId(there), "").expect(204);
    here.delete(SESSIONS, "").expect(204);
    here.post(AGAIN, password("carol")).expect(204);
    for (String text :
        List.of(
            "\"everywhere\":false,\"sessions\":\"another\"",
            "\"everywhere\":false,\"sessions\":\"others\"",
            "\"event\":\"signed-in-again\"")) {
      await()
          .atMost(TIMEOUT)
          .untilAsserted(
              () -> assertTrue(logsOfCarol().anyMatch(line -> line.contains(text)), text));
    }
  }

  private Stream<String> logsOfCarol() throws IOException {
    return application.log().lines().filter(line -> line.contains("user:default/carol"));
  }
}
