package io.accesstokens.pages;

import static io.accesstokens.testing.client.PersonalTokens.request;
import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.client.ServiceTokens.objects;
import static io.accesstokens.testing.client.TokenRequest.newName;
import static io.accesstokens.testing.client.TokenRequest.quote;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.BackstageCatalog;
import io.accesstokens.testing.BackstageCatalog.Mode;
import io.accesstokens.testing.JwtIssuerServer;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.MintFlowClient;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.program.Chromium;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Tests the requests of the original Backstage plugin's front end, as they arrive through
 * Backstage's proxy. The proxy passes only the headers that the method {@link #proxied} sends. The
 * user token is a JWT without ownership claims, which is Backstage's default.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackstageFrontEndIT {

  private static final String SERVICE = "/api/access-tokens/service";
  private static final String PERSONAL = "/api/access-tokens/personal";
  private static final String MINT = PERSONAL + "/mint";
  private static final String PLATFORM = "group:default/platform";
  private static final String DATABASES = "group:default/databases";
  private static final String PAYMENTS = "group:default/payments";
  private static final int CATALOG_CACHE_SECONDS = 1;
  private static final String PORTAL = "https://portal.example.com";

  private final BackstageCatalog catalog =
      new BackstageCatalog()
          .group("platform", "Platform", "")
          .group("databases", "Databases", "platform")
          .group("payments", "Payments", "")
          .user("alice")
          .user("bob")
          .user("carol", DATABASES)
          .user("dave");

  private JwtIssuerServer issuer;

  private RunningApplication application;

  @BeforeAll
  void start() throws Exception {
    issuer = new JwtIssuerServer();
    application =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .withDataDirectory()
                .withConfig(
                    """
                    login:
                      jwt:
                        - issuer: %s
                          audience: backstage
                          jwksUrl: %s
                    directory:
                      backstage:
                        baseUrl: %s
                        token: %s
                        timeoutMillis: 60000
                        cacheSeconds: %d
                        staleSeconds: %d
                    service:
                      admin: {userEntityRefs: [user:default/alice]}
                    personal:
                      applications:
                        - {origin: "%s", name: Developer Portal}
                    """
                        .formatted(
                            issuer.issuer(),
                            issuer.keys(),
                            catalog.baseUrl(),
                            BackstageCatalog.TOKEN,
                            CATALOG_CACHE_SECONDS,
                            2 * CATALOG_CACHE_SECONDS,
                            PORTAL)));
  }

  @AfterAll
  void stop() {
    application.close();
    issuer.close();
    catalog.close();
  }

  /** Returns the user token of a user, without the claim {@code ent}. */
  private Api as(String name) {
    return bearer(issuer.sign(issuer.claims("user:default/" + name).claim("ent", null).build()));
  }

  private Api bearer(String userToken) {
    return application.api().bearer(userToken);
  }

  private static Api.Call proxied(Api caller, String method, String path) {
    return caller
        .call(method, path)
        .header("Accept", "*/*")
        .header("Accept-Language", "en-US,en;q=0.9")
        .header("Cache-Control", "no-cache")
        .header("Pragma", "no-cache")
        .header("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0");
  }

  private static ApiResult get(Api caller, String path) {
    return proxied(caller, "GET", path).send();
  }

  /** Returns an instant in the format of JavaScript's {@code toISOString()}. */
  private static String inDays(int days) {
    return Instant.now()
        .plus(Duration.ofDays(days))
        .truncatedTo(ChronoUnit.MINUTES)
        .toString()
        .replace("Z", ".000Z");
  }

  private static String newToken(String name, String group) {
    return """
        {"name": %s, "description": "Builds", "groupEntityRef": %s, "scopes": ["catalog:read"],
         "expiresAt": "%s"}
        """
        .formatted(quote(name), quote(group), inDays(60));
  }

  private static ApiResult create(Api caller, String name, String group) {
    return proxied(caller, "POST", SERVICE).json(newToken(name, group)).send();
  }

  private static List<String> names(Api caller, String query) {
    return objects(get(caller, SERVICE + query).ok(), "tokens").stream()
        .map(token -> token.getString("name"))
        .toList();
  }

  private static void hasMessage(ApiResult refused, int status) {
    String message = refused.problem(status).json().getString("error");
    assertFalse(message.isBlank(), refused::toString);
  }

  @Test
  void serviceTokenPageGetsTheResponsesThatItExpects() {
    Api carol = as("carol");
    List<String> scopes =
        objects(get(carol, SERVICE + "/scopes").ok(), "scopes").stream()
            .map(scope -> scope.getString("id"))
            .toList();
    assertTrue(scopes.contains("catalog:read"), scopes::toString);

    String name = newName();
    JsonObject created = create(carol, name, PLATFORM).expect(201).json();
    JsonObject token = created.getJsonObject("token");
    application.api().exchanges().addRawToken(created.getString("rawToken"));
    assertEquals("user:default/carol", token.getString("createdBy"));
    assertTrue(
        token
            .keySet()
            .containsAll(
                Set.of(
                    "id",
                    "name",
                    "description",
                    "tokenPrefix",
                    "groupEntityRef",
                    "scopes",
                    "status",
                    "createdAt",
                    "expiresAt",
                    "lastUsedAt")),
        token::toString);
    hasMessage(create(carol, name, PLATFORM), 409);
    hasMessage(create(carol, "No spaces", PLATFORM), 422);
    hasMessage(create(carol, newName(), PAYMENTS), 403);
    hasMessage(get(as("dave"), SERVICE), 403);

    String group = "groupEntityRef=group%3Adefault%2Fplatform";
    assertTrue(names(carol, "").contains(name), "in the list of all tokens");
    assertTrue(names(carol, "?status=active&" + group).contains(name), "active, of the group");
    for (String status : List.of("expiring", "expired", "revoked")) {
      assertFalse(names(carol, "?status=" + status).contains(name), status);
    }

    String path = ServiceTokens.path(token.getString("id"));
    hasMessage(revoke(carol, path, ""), 422);
    revoke(carol, path, "replaced").expect(204);
    hasMessage(revoke(carol, path, "replaced"), 409);
    assertTrue(names(carol, "?status=revoked&" + group).contains(name), "revoked, of the group");
    List<JsonObject> events = objects(get(carol, path + "/audit").ok(), "events");
    assertEquals(
        List.of("revoked", "created"),
        events.stream().map(event -> event.getString("event")).toList());
    assertEquals("replaced", events.get(0).getJsonObject("metadata").getString("reason"));
    assertEquals("user:default/carol", events.get(0).getString("actor"));
    Instant.parse(events.get(0).getString("occurredAt"));
  }

  private static ApiResult revoke(Api caller, String path, String reason) {
    return proxied(caller, "DELETE", path).json("{\"reason\":" + quote(reason) + '}').send();
  }

  private static JsonObject startFlow(Api caller, String name) {
    return mint(caller, "{\"name\":" + quote(name) + ",\"expiresAt\":\"" + inDays(30) + "\"}").ok();
  }

  private static ApiResult mint(Api caller, String json) {
    return proxied(caller, "POST", MINT).json(json).send();
  }

  @Test
  void personalTokenIsCreatedOnThePagesOfThisService() {
    Api carol = as("carol");
    String name = newName();
    hasMessage(mint(carol, "{\"name\":\"a;b\"}"), 422);
    JsonObject started = startFlow(carol, name);
    assertFalse(started.getString("flowId").isEmpty(), started::toString);
    assertFalse(started.getString("state").isEmpty(), started::toString);
    assertFalse(started.toString().contains("bpat_"), "a raw token before the consent");

    Browser browser = new Browser(Chromium.shared(), application.api().origin());
    browser.driver().get("about:blank");
    browser.driver().executeCdpCommand("Network.clearBrowserCookies", Map.of());
    browser.driver().get(started.getString("authorizeUrl"));
    browser.signIn("carol", "carol");
    browser.find("heading", "Allow a personal token?");
    browser.awaitText("The request was started in another application");
    browser.assertAccessible("consent to a request of a front end");
    browser.screenshot("consent-front-end");
    browser.click("button", "Allow");
    browser.awaitAddress(MintFlowClient.TOKENS_PAGE);
    SecretDialog once = SecretDialog.afterCreation(browser);
    application.api().exchanges().addRawToken(once.secret());
    once.copyAndClose();
    once.assertForgotten();
    browser.assertQuiet();
    Api token = application.api().bearer(once.secret());
    assertEquals("user:default/carol", token.get(WHOAMI).ok().getString("subject"));

    JsonObject listed = listed(carol, name);
    assertEquals("active", listed.getString("status"));
    for (String field : List.of("id", "createdAt", "expiresAt", "lastUsedAt", "prefix")) {
      assertTrue(listed.containsKey(field), field);
    }
    hasMessage(mint(carol, request(name)), 409);
    proxied(carol, "DELETE", PERSONAL + '/' + listed.getString("id")).send().expect(204);
    assertEquals("revoked", listed(carol, name).getString("status"));
    token.get(WHOAMI).problem(401);
  }

  /** Starts a flow as a page of this origin does; null for a request without an origin. */
  private static JsonObject startFlowFrom(Api caller, @Nullable String origin) {
    Api.Call call = proxied(caller, "POST", MINT);
    if (origin != null) {
      call.header("Origin", origin);
    }
    return call.json(request(newName(), "catalog:read")).send().ok();
  }

  @Test
  void consentNamesKnownApplicationsOnly() {
    Api carol = as("carol");
    BrowserSession session = signIn("carol");
    Map<String, Boolean> origins =
        Map.of(
            PORTAL,
            true,
            "HTTPS://Portal.Example.com:443",
            true,
            "http://portal.example.com",
            false,
            "https://portal.example.com:8443",
            false,
            "https://portal.example.com.evil.example",
            false,
            "https://xn--prtal-vqa.example.com",
            false);
    origins.forEach(
        (origin, known) -> {
          JsonObject consent =
              MintFlowClient.started(session, startFlowFrom(carol, origin)).consent().ok();
          assertEquals(
              known ? "Developer Portal" : "", consent.getString("applicationName", ""), origin);
          assertEquals(known ? PORTAL : origin, consent.getString("origin"));
        });
    JsonObject consent = MintFlowClient.started(session, startFlowFrom(carol, null)).consent().ok();
    assertFalse(consent.containsKey("origin"), consent::toString);
    assertFalse(consent.containsKey("applicationName"), consent::toString);
  }

  @Test
  void consentPageShowsWhichApplicationAsks() {
    Api carol = as("carol");
    Browser browser = new Browser(Chromium.shared(), application.api().origin());
    browser.driver().get("about:blank");
    browser.driver().executeCdpCommand("Network.clearBrowserCookies", Map.of());
    browser.driver().get(startFlowFrom(carol, PORTAL).getString("authorizeUrl"));
    browser.signIn("carol", "carol");
    browser.awaitText("Developer Portal asks for a token that acts as you.");
    browser.awaitText(PORTAL);
    assertFalse(browser.text().contains("Not a known application"), "the application is known");
    picture(browser, "consent-known");

    String host = "xn--prtal-vqa.example.com." + "a-long-label-of-a-host.".repeat(9) + "example";
    browser.driver().get(startFlowFrom(carol, "https://" + host).getString("authorizeUrl"));
    browser.awaitText(host + " asks for a token that acts as you.");
    browser.awaitText("Not a known application");
    browser.awaitText("Allow the request only if you trust the address of this application");
    Looks.check(browser, "consent-unknown", "html");

    browser.driver().get(startFlowFrom(carol, null).getString("authorizeUrl"));
    browser.awaitText("A script or an unnamed application asks for a token that acts as you.");
    browser.awaitText("The request names no web page.");
    picture(browser, "consent-script");
    browser.assertQuiet();
  }

  private static void picture(Browser browser, String state) {
    if (Browser.EVERY_STATE) {
      Looks.check(browser, state, "html");
    }
  }

  private static JsonObject listed(Api caller, String name) {
    return objects(get(caller, PERSONAL).ok(), "tokens").stream()
        .filter(token -> token.getString("name").equals(name))
        .findFirst()
        .orElseThrow();
  }

  private BrowserSession signIn(String name) {
    return BrowserSession.signIn(application.api(), name, name);
  }

  @Test
  void onlyTheUserOfTheJwtContinuesTheFlow() {
    Api carol = as("carol");
    BrowserSession own = signIn("carol");
    MintFlowClient flow = MintFlowClient.started(own, startFlow(carol, newName()));
    String consent = MintFlowClient.CONSENT + flow.id();

    // A link to the flow is useless to other users: neither alice nor dave sees the request.
    for (String other : List.of("alice", "dave")) {
      BrowserSession session = signIn(other);
      flow.in(session).authorize().expect(302);
      flow.in(session).consent().problem(404);
      flow.in(session).decide("allow").problem(404);
    }
    // The JWT that started the flow is no session, so the front end cannot consent for its user.
    carol.get(consent).problem(403);
    carol.post(consent, "{\"decision\":\"allow\"}").problem(403);
    carol.post(MintFlowClient.PICKUP, "{\"code\":\"" + "A".repeat(43) + "\"}").problem(403);

    JsonObject shown = flow.consent().ok();
    assertFalse(shown.getBoolean("inSession"), shown::toString);
    MintFlowClient second = flow.in(signIn("carol"));
    second.consent().ok();
    String back = flow.decided("allow");
    second.consent().problem(404);
    second.decide("deny").problem(404);
    assertEquals("expired", MintFlowClient.error(second.navigate(back)));
    // The state of the start is no longer valid.
    String former = back.replaceFirst("state=[^&]*", "state=" + flow.state());
    assertFalse(former.equals(back), "the decision must replace the state");
    assertEquals("expired", MintFlowClient.error(flow.navigate(former)));
    String code = MintFlowClient.code(flow.navigate(back));
    second.pickUp(code).problem(404);
    String rawToken = flow.pickUp(code).expect(201).json().getString("rawToken");
    application.api().exchanges().addRawToken(rawToken);
    flow.pickUp(code).problem(404);
  }

  @Test
  void otherCredentialsBeginNoFlow() {
    Api carol = as("carol");
    JsonObject created = create(carol, newName(), PLATFORM).expect(201).json();
    application.api().exchanges().addRawToken(created.getString("rawToken"));
    mint(bearer(created.getString("rawToken")), request(newName())).problem(403);
    JsonObject personal =
        proxied(carol, "POST", PERSONAL)
            .json(request(newName(), "access-tokens:user:read"))
            .send()
            .expect(201)
            .json();
    application.api().exchanges().addRawToken(personal.getString("rawToken"));
    mint(bearer(personal.getString("rawToken")), request(newName())).problem(403);
    mint(application.api().as("carol"), request(newName())).problem(403);
    mint(application.api(), request(newName())).problem(401);
    mint(bearer("junk"), request(newName())).problem(401);

    BrowserSession session = signIn("carol");
    MintFlowClient denied = MintFlowClient.started(session, startFlow(carol, newName()));
    String back = denied.decided("deny");
    assertEquals("access_denied", MintFlowClient.error(denied.navigate(back)));
    denied.consent().problem(404);
    assertTrue(
        MintFlowClient.start(session, request(newName())).consent().ok().getBoolean("inSession"),
        "a flow of this session");
  }

  @Test
  void membershipsComeFromTheCatalog() {
    Api without = as("carol");
    Api empty = bearer(issuer.token("user:default/carol"));
    Api more = bearer(issuer.token("user:default/carol", "user:default/carol", PAYMENTS));
    for (Api carol : List.of(without, empty, more)) {
      created(create(carol, newName(), DATABASES));
      created(create(carol, newName(), PLATFORM)); // the parent of the group of databases
    }
    create(without, newName(), PAYMENTS).problem(403);
    create(empty, newName(), PAYMENTS).problem(403);
    created(create(more, newName(), PAYMENTS));
    // A token of an unknown user, or of a user without groups, gives no membership.
    get(as("unknown"), SERVICE).problem(403);
    get(as("dave"), SERVICE).problem(403);

    long before = System.nanoTime();
    int requests = catalog.requests().size();
    for (int i = 0; i < 50; i++) {
      get(without, SERVICE + "?limit=1").ok();
    }
    long seconds = Duration.ofNanos(System.nanoTime() - before).toSeconds();
    int asked = catalog.requests().size() - requests;
    long most = 2 * (seconds / CATALOG_CACHE_SECONDS + 2); // the user and the groups
    assertTrue(asked <= most, () -> asked + " requests to the catalog, expected " + most);
  }

  private void created(ApiResult answer) {
    application.api().exchanges().addRawToken(answer.expect(201).json().getString("rawToken"));
  }

  @Test
  void catalogOutageIs503AndAFormerMemberLosesTheGroup() {
    Api without = as("bob");
    Api more = bearer(issuer.token("user:default/bob", "user:default/bob", PAYMENTS));
    catalog.user("bob", PAYMENTS);
    await(without, 200);
    catalog.mode = Mode.BROKEN;
    await(without, 503);
    for (Api bob : List.of(without, more)) {
      ApiResult answer = get(bob, SERVICE).problem(503);
      assertEquals("1", answer.headerLine("Retry-After"));
      create(bob, newName(), PAYMENTS).problem(503);
      mint(bob, request(newName())).problem(503);
    }
    catalog.user("bob");
    catalog.mode = Mode.NORMAL;
    await(without, 403);
    // The groups of a user token count until the token expires.
    get(more, SERVICE).ok();
  }

  private static void await(Api caller, int status) {
    Awaitility.await().untilAsserted(() -> assertEquals(status, get(caller, SERVICE).status()));
  }
}
