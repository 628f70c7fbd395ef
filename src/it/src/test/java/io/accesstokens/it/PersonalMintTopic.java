package io.accesstokens.it;

import static io.accesstokens.testing.client.MintFlowClient.CALLBACK;
import static io.accesstokens.testing.client.MintFlowClient.CONSENT;
import static io.accesstokens.testing.client.MintFlowClient.CONSENT_PAGE;
import static io.accesstokens.testing.client.MintFlowClient.PICKUP;
import static io.accesstokens.testing.client.MintFlowClient.TOKENS_PAGE;
import static io.accesstokens.testing.client.PersonalTokens.path;
import static io.accesstokens.testing.client.PersonalTokens.request;
import static io.accesstokens.testing.client.TokenRequest.newName;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.MintFlowClient;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.TestToken;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the creation of personal tokens with consent, and that no other path leads to a token. */
abstract class PersonalMintTopic extends Topic {

  private static final int AT_ONCE = 10;
  private static final String ALLOW = "{\"decision\":\"allow\"}";

  /** A JWT with the claim {@code "error": "access_denied"}, as JARM returns it in an error. */
  private static final String ERROR_JWT =
      "eyJhbGciOiJIUzI1NiJ9.eyJlcnJvciI6ImFjY2Vzc19kZW5pZWQifQ.AAAA";

  private final PersonalTokens daves = new PersonalTokens(dave);

  private BrowserSession signIn(String person) {
    return BrowserSession.signIn(anonymous, person, person).on(anonymous);
  }

  private MintFlowClient start(BrowserSession session) {
    return MintFlowClient.start(session, request(newName()));
  }

  private MintFlowClient start() {
    return start(signIn("dave"));
  }

  private List<String> namesOfDave() {
    return io.accesstokens.testing.client.ServiceTokens.objects(daves.list("limit=500"), "tokens")
        .stream()
        .map(token -> token.getString("name"))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"alice", "dave"})
  void consentCreatesOneToken(String person) {
    BrowserSession session = signIn(person);
    String name = newName();
    MintFlowClient flow = MintFlowClient.start(session, request(name, "catalog:read"));
    Map<String, String> parameters = flow.parameters();
    assertEquals("code", parameters.get("response_type"));
    assertEquals("access-tokens-mint", parameters.get("client_id"));
    assertEquals("S256", parameters.get("code_challenge_method"));
    assertEquals("catalog:read", parameters.get("scope"));
    assertEquals(flow.state(), parameters.get("state"));
    ApiResult led = flow.authorize().expect(302);
    assertEquals(CONSENT_PAGE + "?flow=" + flow.id(), led.headerLine("Location"));
    assertEquals("no-store", led.headerLine("Cache-Control"));
    JsonObject consent = flow.consent().ok();
    assertEquals(flow.id(), consent.getString("flowId"));
    assertEquals("access-tokens-mint", consent.getString("clientId"));
    assertEquals("user:default/" + person, consent.getString("userEntityRef"));
    assertEquals(name, consent.getString("name"));
    assertEquals("[\"catalog:read\"]", consent.getJsonArray("scopes").toString());
    String code = MintFlowClient.code(flow.navigate(flow.decided("allow")));
    TestToken made = TestToken.of(flow.pickUp(code), anonymous.exchanges());
    assertEquals(name, made.name());
    assertEquals(consent.getString("expiresAt"), made.token().getString("expiresAt"));
    assertEquals(
        "user:default/" + person,
        anonymous.bearer(made.rawToken()).get(WHOAMI).ok().getString("subject"));
    assertEquals(List.of("minted"), new PersonalTokens(anonymous.as(person)).events(made.id()));
    session.delete(path(made.id()), "{}").expect(204);
  }

  @Test
  void flowKeepsTheOriginOfItsPage() {
    BrowserSession session = signIn("dave");
    JsonObject consent = startFrom(session, "HTTPS://Portal.Example:443").consent().ok();
    assertEquals("https://portal.example", consent.getString("origin"));
    assertFalse(consent.containsKey("applicationName"), consent::toString);
    assertFalse(start(session).consent().ok().containsKey("origin"), "a request of a script");
    for (String other : List.of("null", "chrome-extension://abcdef")) {
      consent = startFrom(session, other).consent().ok();
      assertFalse(consent.containsKey("origin"), consent::toString);
    }
    for (String malformed :
        List.of(
            "https://portal.example/",
            "https://user@portal.example",
            "https://portal.example https://evil.example",
            "https://portal.example:65536",
            "https://" + "x".repeat(254),
            "MARKER")) {
      ApiResult answer = from(session, malformed).send().problem(400);
      assertTrue(answer.text().contains("Origin must be one origin, or null"), answer::toString);
      assertFalse(answer.text().contains("MARKER"), answer::toString);
    }
    from(session, "https://portal.example")
        .header("Origin", "https://evil.example")
        .send()
        .problem(400);
  }

  /** Creates a request for a token, as a browser sends it from a page of this origin. */
  private static Api.Call from(BrowserSession session, String origin) {
    return session
        .call("POST", MintFlowClient.PATH)
        .header("Sec-Fetch-Site", "same-origin")
        .header("Origin", origin)
        .json(request(newName()));
  }

  private static MintFlowClient startFrom(BrowserSession session, String origin) {
    return MintFlowClient.started(session, from(session, origin).send().ok());
  }

  @Test
  void denialCreatesNoToken() {
    BrowserSession session = signIn("dave");
    String name = newName();
    MintFlowClient flow = MintFlowClient.start(session, request(name));
    String back = flow.decided("deny");
    assertEquals("access_denied", MintFlowClient.parameter("http://x" + back, "error"));
    flow.decide("allow").problem(404);
    flow.consent().problem(404);
    assertEquals("access_denied", MintFlowClient.error(flow.navigate(back)));
    assertEquals("expired", MintFlowClient.error(flow.navigate(back)));
    assertFalse(namesOfDave().contains(name), "a token was created");
  }

  @Test
  void codeIsAcceptedOnce() {
    MintFlowClient flow = start();
    String back = flow.decided("allow");
    flow.decide("allow").problem(404);
    flow.decide("deny").problem(404);
    String code = MintFlowClient.code(flow.navigate(back));
    assertEquals("expired", MintFlowClient.error(flow.navigate(back)));
    assertEquals(
        "no undecided token request has this state; it may have expired",
        anonymous.get(flow.authorizePath()).expect(400).json().getString("error_description"));
    flow.pickUp(MintFlowClient.parameter("http://x" + back, "code")).problem(404);
    flow.pickUp(code).expect(201);
    flow.pickUp(code).problem(404);
    assertEquals("expired", MintFlowClient.error(flow.navigate(back)));
  }

  @Test
  void flowContinuesInItsSessionOnly() {
    BrowserSession own = signIn("dave");
    MintFlowClient undecided = start(own);
    MintFlowClient allowed = start(own);
    MintFlowClient redeemed = start(own);
    String back = allowed.decided("allow");
    String code = redeemed.allowed();
    for (BrowserSession other : List.of(signIn("dave"), signIn("alice"), signIn("bob"))) {
      // The page itself reports that the request does not exist.
      undecided.in(other).authorize().expect(302);
      ApiResult there = undecided.in(other).consent().problem(404);
      assertEquals(other.get(CONSENT + NO_ID).problem(404).untracedText(), there.untracedText());
      undecided.in(other).decide("allow").problem(404);
      undecided.in(other).decide("deny").problem(404);
      assertEquals("expired", MintFlowClient.error(allowed.in(other).navigate(back)));
      redeemed.in(other).pickUp(code).problem(404);
      String state = "?code=" + "A".repeat(43) + "&state=" + undecided.state();
      assertEquals("expired", MintFlowClient.error(undecided.in(other).navigate(CALLBACK + state)));
    }
    assertEquals("login_required", MintFlowClient.error(anonymous.get(back)));
    anonymous.get(CONSENT + undecided.id()).problem(401);
    anonymous.post(CONSENT + undecided.id(), ALLOW).problem(401);
    anonymous.post(PICKUP, "{\"code\":\"" + code + "\"}").problem(401);
    redeemed.pickUp(code).expect(201);
    allowed.pickUp(MintFlowClient.code(allowed.navigate(back))).expect(201);
    undecided.pickUp(undecided.allowed()).expect(201);
  }

  @Test
  void signOutEndsTheFlowsOfTheSession() {
    BrowserSession session = signIn("dave");
    MintFlowClient flow = start(session);
    String code = flow.allowed();
    session.delete(BrowserSession.PATH, "").expect(204);
    flow.pickUp(code).problem(401);
    flow.in(signIn("dave")).pickUp(code).problem(404);
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "%s/",
        "%s.evil.example",
        "%s/../../evil",
        "%s?x=1",
        "%s%%23x",
        "%s%%20",
        "//evil.example%s",
        "https://evil.example",
        "javascript:alert(1)",
        "/settings",
        "PORT",
        "UPPER",
        "LOCALHOST",
        "USER"
      })
  void otherRedirectAddressIsRejected(String form) {
    MintFlowClient flow = start();
    String own = flow.parameter("redirect_uri");
    String other =
        switch (form) {
          case "PORT" -> own.replaceFirst(":\\d+/", ":1/");
          case "UPPER" -> own.toUpperCase(Locale.ROOT);
          case "LOCALHOST" -> own.replace("127.0.0.1", "localhost");
          case "USER" -> own.replace("://", "://evil.example@");
          default -> form.formatted(own);
        };
    String query = "&redirect_uri=" + encoded(other);
    String path = flow.authorizePath().replaceFirst("&redirect_uri=[^&]*", "") + query;
    ApiResult answer = flow.navigate(path).expect(302);
    assertEquals(CONSENT_PAGE + "?error=invalid_request", answer.headerLine("Location"));
    ApiResult ofProgram = anonymous.get(path);
    isOAuthError(ofProgram, 400, "invalid_request");
    assertEquals(
        "client_id, redirect_uri and state must be those of authorizeUrl",
        ofProgram.json().getString("error_description"));
  }

  private static String encoded(String text) {
    return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8);
  }

  private static void isOAuthError(ApiResult answer, int status, String error) {
    JsonObject json = answer.expect(status).json();
    assertEquals(error, json.getString("error"), answer::toString);
    assertEquals("application/json", answer.headerLine("Content-Type"));
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "client_id=access-tokens-mint|client_id=other|PAGE",
        "client_id=access-tokens-mint||PAGE",
        "redirect_uri=[^&]*||PAGE",
        "state=[^&]*||PAGE",
        "state=[^&]*|state=x|PAGE",
        "state=[^&]*|state=%C3%A9|PAGE",
        "response_type=code|response_type=token|unsupported_response_type",
        "response_type=code|response_type=code%20token|unsupported_response_type",
        "response_type=code||invalid_request",
        "code_challenge_method=S256|code_challenge_method=plain|invalid_request",
        "code_challenge_method=S256||invalid_request",
        "code_challenge=[^&]*||invalid_request",
        "code_challenge=[^&]*|code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM|invalid_request",
        "scope=[^&]*|scope=catalog%3Aread%20catalog%3Awrite|invalid_scope",
        "scope=[^&]*|scope=catalog%3Awrite|invalid_scope",
        "scope=[^&]*|scope=MARKER|invalid_scope",
        "^|response_mode=fragment&|invalid_request",
        "^|request=MARKER&|invalid_request",
        "^|request_uri=https%3A%2F%2Fevil.example&|invalid_request"
      })
  void changedRequestIsRejected(String change) {
    String[] parts = change.split("\\|", -1);
    MintFlowClient flow = MintFlowClient.start(signIn("dave"), request(newName(), "catalog:read"));
    String[] address = flow.authorizePath().split("\\?", 2);
    String query =
        address[1].replaceFirst(
            parts[0].equals("^") ? "^" : "(?<=^|&)" + parts[0] + "(?=&|$)", parts[1]);
    assertFalse(query.equals(address[1]), "nothing was changed");
    ApiResult answer = flow.navigate(address[0] + '?' + query).expect(302);
    String location = answer.headerLine("Location");
    assertFalse(location.contains("MARKER") || location.contains("evil"), location);
    if (parts[2].equals("PAGE")) {
      assertEquals(CONSENT_PAGE + "?error=invalid_request", location);
    } else {
      assertTrue(location.startsWith(flow.parameter("redirect_uri") + '?'), location);
      Map<String, String> back = MintFlowClient.parametersOf(location);
      assertEquals(Map.of("error", parts[2], "state", flow.state()), back);
      assertEquals(
          "invalid_request", MintFlowClient.error(flow.navigate(MintFlowClient.pathOf(location))));
    }
    flow.consent().ok();
  }

  @Test
  void malformedParametersAreRejected() {
    MintFlowClient flow = start();
    String path = flow.authorizePath();
    for (String name : flow.parameters().keySet()) {
      String twice = path + '&' + name + '=' + encoded(flow.parameter(name));
      ApiResult answer = flow.navigate(twice).expect(302);
      assertTrue(
          answer.headerLine("Location").endsWith("error=invalid_request")
              || answer.headerLine("Location").contains("error=invalid_request&"),
          answer::toString);
    }
    isOAuthError(anonymous.get(path + "&x=%FF"), 400, "invalid_request");
    isOAuthError(anonymous.get(path + "&state=%C3%28"), 400, "invalid_request");
    assertEquals(
        CONSENT_PAGE + "?error=invalid_request",
        flow.navigate(path + "&x=" + "y".repeat(4_000)).expect(302).headerLine("Location"));
    assertEquals(
        CONSENT_PAGE + "?error=expired",
        flow.navigate(path.replace(flow.state(), "A".repeat(43))).headerLine("Location"));
    anonymous.post(path, "{}").expect(405);
    // The same applies to the callback.
    String back = flow.decided("allow");
    for (String wrong :
        List.of(
            back + "&state=" + flow.state(),
            back + "&code=" + "A".repeat(43),
            back.replaceFirst("state=[^&]*", ""),
            back.replaceFirst("code=[^&]*", ""),
            back.replaceFirst("code=[^&]*", "code=MARKER"),
            back.replaceFirst("state=[^&]*", "state=MARKER"),
            CALLBACK,
            CALLBACK + "?error=MARKER&state=" + flow.state(),
            CALLBACK + "?error=access_denied&response=" + ERROR_JWT + "&state=" + flow.state(),
            CALLBACK + "?response=" + ERROR_JWT + "&state=" + flow.state())) {
      ApiResult answer = flow.navigate(wrong);
      assertEquals("invalid_request", MintFlowClient.error(answer), wrong);
    }
    flow.navigate(back + "&x=%FF").problem(400);
    for (String wrong :
        List.of(
            back.replaceFirst("code=[^&]*", "code=" + "A".repeat(43)),
            back.replaceFirst("state=[^&]*", "state=" + "A".repeat(43)),
            back + "&error=access_denied",
            CALLBACK + "?error=access_denied&state=" + flow.state())) {
      assertEquals("expired", MintFlowClient.error(flow.navigate(wrong)), wrong);
    }
    ApiResult returned = flow.navigate(back);
    assertTrue(MintFlowClient.hasCode(returned), returned::toString);
  }

  @Test
  void crossSiteRequestsAreRejected() {
    BrowserSession session = signIn("dave");
    MintFlowClient flow = start(session);
    MintFlowClient redeemed = start(session);
    String pickUp = "{\"code\":\"" + redeemed.allowed() + "\"}";
    for (Map<String, String> headers :
        List.of(
            Map.<String, String>of(),
            Map.of("Sec-Fetch-Site", "same-origin"),
            Map.of("X-Requested-With", "x", "Sec-Fetch-Site", "cross-site"),
            Map.of("X-Requested-With", "x", "Sec-Fetch-Site", "same-site"),
            Map.of("X-Requested-With", "x", "Origin", "https://evil.example"),
            Map.of("X-Requested-With", "x", "Origin", "null"))) {
      Map<String, String> bodies =
          Map.of(
              CONSENT + flow.id(), ALLOW, PICKUP, pickUp, MintFlowClient.PATH, request(newName()));
      bodies.forEach(
          (path, body) -> {
            var call = anonymous.call("POST", path).header("Cookie", session.cookie());
            headers.forEach(call::header);
            call.json(body).send().problem(403);
          });
    }
    for (String type : List.of("text/plain", "application/x-www-form-urlencoded")) {
      session
          .call("POST", CONSENT + flow.id())
          .header("Content-Type", type)
          .body(ALLOW)
          .send()
          .problem(415);
    }
    session.get(CONSENT + flow.id() + "?decision=allow").ok();
    flow.decide("perhaps").violates("decision");
    session.post(CONSENT + flow.id(), "{\"decision\":true}").violates("decision");
    session.post(CONSENT + flow.id(), "{}").violates("decision");
    session.post(PICKUP, "{}").violates("code");
    session.post(PICKUP, "{\"code\":7}").violates("code");
    session.post(PICKUP, "{\"code\":\"" + "x".repeat(50_000) + "\"}").problem(404);
    session.post(PICKUP, pickUp).expect(201);
    flow.pickUp(flow.allowed()).expect(201);
  }

  @ParameterizedTest
  @ValueSource(strings = {TOKENS_PAGE, CONSENT_PAGE, CONSENT_PAGE + "?flow=x", CALLBACK})
  void nothingIsShownInAFrame(String path) {
    ApiResult answer = anonymous.get(path);
    assertEquals("DENY", answer.headerLine("X-Frame-Options"), answer::toString);
    String policy = answer.headerLine("Content-Security-Policy");
    assertTrue(policy.contains("frame-ancestors 'none'"), answer::toString);
    assertEquals("no-referrer", answer.headerLine("Referrer-Policy"), answer::toString);
  }

  @Test
  void exactlyOneConcurrentRequestSucceeds() throws Exception {
    List<ApiResult> decisions =
        Race.undisturbed(
            () -> {
              MintFlowClient flow = start();
              return Race.of(AT_ONCE, i -> flow.decide(i % 2 == 0 ? "allow" : "deny"));
            });
    assertEquals(1, decisions.stream().filter(response -> response.status() == 200).count());
    decisions.stream()
        .filter(response -> response.status() != 200)
        .forEach(response -> response.problem(404));

    List<ApiResult> returns =
        Race.undisturbed(
            () -> {
              MintFlowClient flow = start();
              String back = flow.decided("allow");
              return Race.of(AT_ONCE, i -> flow.navigate(back));
            });
    assertEquals(1, returns.stream().filter(MintFlowClient::hasCode).count());
    returns.stream()
        .filter(response -> !MintFlowClient.hasCode(response))
        .forEach(response -> assertEquals("expired", MintFlowClient.error(response)));

    AtomicReference<String> name = new AtomicReference<>();
    List<ApiResult> pickedUp =
        Race.undisturbed(
            () -> {
              name.set(newName());
              MintFlowClient flow =
                  MintFlowClient.start(signIn("dave"), request(Objects.requireNonNull(name.get())));
              String code = flow.allowed();
              return Race.of(AT_ONCE, i -> flow.pickUp(code));
            });
    assertEquals(1, pickedUp.stream().filter(response -> response.status() == 201).count());
    pickedUp.stream()
        .filter(response -> response.status() != 201)
        .forEach(response -> response.problem(404));
    assertEquals(
        1, namesOfDave().stream().filter(Objects.requireNonNull(name.get())::equals).count());
  }

  @Test
  void guessedFlowIdIsNotFound() {
    BrowserSession alice = signIn("alice");
    String other = start().id();
    String none = alice.get(CONSENT + NO_ID).problem(404).untracedText();
    for (String id : List.of(other, other.toUpperCase(Locale.ROOT), "1-1-1-1-1", "x", "%00")) {
      ApiResult answer = alice.get(CONSENT + id);
      if (!id.equals("%00")) {
        assertEquals(none, answer.problem(404).untracedText());
        assertEquals(none, alice.post(CONSENT + id, ALLOW).problem(404).untracedText());
      } else {
        answer.expectOneOf(400, 404);
      }
    }
  }

  @Test
  void takenNameIsReportedAtBothEnds() {
    BrowserSession session = signIn("dave");
    String name = newName();
    MintFlowClient flow = MintFlowClient.start(session, request(name));
    String code = flow.allowed();
    daves.createNamed(name);
    session.post(MintFlowClient.PATH, request(name)).problem(409);
    flow.pickUp(code).problem(409);
    flow.pickUp(code).problem(404);
  }

  @Test
  void wrongFieldsAreReported() {
    BrowserSession session = signIn("dave");
    session.post(MintFlowClient.PATH, "{}").violates("name");
    session.post(MintFlowClient.PATH, "{\"name\":\"a;b\"}").violates("name");
    session
        .post(MintFlowClient.PATH, "{\"name\":\"n\",\"expiresAt\":\"2020-01-01T00:00:00Z\"}")
        .violates("expiresAt");
    session.post(MintFlowClient.PATH, request("n", "access-tokens:user:write")).violates("scopes");
    session.post(MintFlowClient.PATH, "no json").problem(400);
  }

  @Test
  void parameterWithoutAValueCountsAsAbsent() {
    MintFlowClient flow = start();
    String state = "state=" + flow.state();
    for (String query : List.of("code=&" + state, "error=&" + state, "code=&code=&" + state)) {
      assertEquals(
          "invalid_request",
          MintFlowClient.error(flow.navigate(MintFlowClient.CALLBACK + '?' + query)),
          query);
    }
    String authorize = flow.authorizePath();
    for (String name : List.of("client_id", "state", "redirect_uri")) {
      String emptied = authorize.replaceFirst("([?&]" + name + "=)[^&]*", "$1");
      assertEquals(400, application.api().get(emptied).status(), emptied);
    }
    for (String name : List.of("response_type", "code_challenge", "code_challenge_method")) {
      String emptied = authorize.replaceFirst("([?&]" + name + "=)[^&]*", "$1");
      application.api().get(emptied).expect(302);
    }
    flow.authorize().expect(302);
  }

  @Test
  void flowNeedsASession() {
    MintFlowClient flow = start();
    dave.post(MintFlowClient.PATH, request(newName())).problem(403);
    dave.get(CONSENT + flow.id()).problem(403);
    dave.post(CONSENT + flow.id(), ALLOW).problem(403);
    dave.post(PICKUP, "{\"code\":\"" + "A".repeat(43) + "\"}").problem(403);
    anonymous.post(MintFlowClient.PATH, request(newName())).problem(401);
    String personal =
        daves.create("access-tokens:user:read", "access-tokens:service:write").rawToken();
    for (String raw : List.of(personal, tokens.create().rawToken())) {
      anonymous.bearer(raw).post(MintFlowClient.PATH, request(newName())).problem(403);
      anonymous.bearer(raw).post(CONSENT + flow.id(), ALLOW).problem(403);
    }
    flow.consent().ok();
  }

  @Test
  void oldestFlowIsDroppedAtTheLimit() {
    BrowserSession session = signIn("carol");
    MintFlowClient first = start(session);
    for (int i = 0; i < 20; i++) {
      start(session);
    }
    first.consent().problem(404);
  }

  // The token endpoint

  private ApiResult token(BrowserSession session, String form) {
    return session
        .call("POST", "/api/auth/v1/token")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form)
        .send();
  }

  private static String form(MintFlowClient flow, String code) {
    return "grant_type=authorization_code&client_id=access-tokens-mint&code="
        + code
        + "&redirect_uri="
        + encoded(flow.parameter("redirect_uri"))
        + "&code_verifier="
        + flow.verifier();
  }

  @Test
  void tokenEndpointExchangesACodeOnce() {
    BrowserSession session = signIn("dave");
    MintFlowClient flow = MintFlowClient.start(session, request(newName(), "catalog:read"));
    String code = MintFlowClient.parameter("http://x" + flow.decided("allow"), "code");
    String good = form(flow, code);
    String challenge = flow.parameter("code_challenge");
    for (String wrong :
        List.of(
            good.replaceFirst("code_verifier=.*", "code_verifier=" + challenge),
            good.replaceFirst("code_verifier=.*", "code_verifier=" + "A".repeat(43)),
            good.replaceFirst("code_verifier=.*", "code_verifier=x"),
            good.replaceFirst("&code=[^&]*", "&code=" + "A".repeat(43)),
            good.replaceFirst("callback", "callback%2F"),
            good.replaceFirst("callback", "callback.evil.example"))) {
      isOAuthError(token(session, wrong), 400, "invalid_grant");
    }
    for (String wrong :
        List.of(
            good.replaceFirst("&code_verifier=.*", ""),
            good.replaceFirst("&redirect_uri=[^&]*", ""),
            good.replaceFirst("&code=[^&]*", ""),
            good.replaceFirst("&client_id=[^&]*", ""),
            good + "&code_verifier=" + flow.verifier(),
            good + "&code=" + code,
            good + "&x=%FF")) {
      isOAuthError(token(session, wrong), 400, "invalid_request");
    }
    isOAuthError(
        token(session, good.replace("client_id=access-tokens-mint", "client_id=x")),
        400,
        "invalid_client");
    isOAuthError(anonymous.form("/api/auth/v1/token", good), 400, "invalid_grant");
    isOAuthError(token(signIn("dave"), good), 400, "invalid_grant");
    isOAuthError(token(signIn("alice"), good), 400, "invalid_grant");
    isOAuthError(dave.form("/api/auth/v1/token", good), 400, "invalid_grant");
    isOAuthError(
        session
            .call("POST", "/api/auth/v1/token?code=" + code)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(good)
            .send(),
        400,
        "invalid_request");
    JsonObject issued = token(session, good).ok();
    String raw = issued.getString("access_token");
    assertEquals("Bearer", issued.getString("token_type"));
    assertEquals("catalog:read", issued.getString("scope"));
    assertTrue(issued.getInt("expires_in") > 0, () -> "expires_in: " + issued.getInt("expires_in"));
    assertEquals("user:default/dave", anonymous.bearer(raw).get(WHOAMI).ok().getString("subject"));
    isOAuthError(token(session, good), 400, "invalid_grant");
  }
}
