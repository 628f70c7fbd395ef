package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.PATH;
import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TcpProxy;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.Exchanges;
import io.accesstokens.testing.client.Metrics;
import io.accesstokens.testing.program.Chromium;
import io.accesstokens.testing.server.Deployment;
import io.accesstokens.testing.server.KeycloakServer;
import io.accesstokens.testing.server.PlainBrowser;
import io.accesstokens.testing.server.PlainBrowser.Page;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.openqa.selenium.By;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * Tests sign-in at a real Keycloak over a network that can fail. Keycloak is unavailable when the
 * application starts, and fails again later.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OpenIdSignInIT {

  private static final String OPEN_ID = BrowserSession.PATH + "/oidc";
  private static final String SECRET = "a secret of the client's";
  private static final Duration BOUND = Duration.ofSeconds(12);
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String READ = "access-tokens:service:read";
  private static final String WRITE = "access-tokens:service:write";

  private final int managementPort = RunningApplication.freePort();
  private TcpProxy network;
  private @Nullable KeycloakServer keycloak;
  private RunningApplication application;
  private int keycloakPort;
  private String issuer;

  @BeforeAll
  void startApplication() throws Exception {
    keycloakPort = RunningApplication.freePort();
    network = TcpProxy.to(keycloakPort);
    issuer = "http://127.0.0.1:" + network.port() + "/realms/staff";
    WarProcess call =
        WarProcess.inNewFolder()
            .fromWar()
            .with("--in-memory")
            .withGroups()
            .withEnvironment("ACCESSTOKENS_LOGIN_OIDC_CLIENTSECRET", SECRET)
            .withEnvironment("ACCESSTOKENS_MANAGEMENT_PORT", String.valueOf(managementPort))
            .withConfig(
                """
                login:
                  oidc:
                    issuer: %s
                    clientId: access-tokens
                    title: Staff
                    groupsClaim: groups
                    groups:
                      - {value: /token-admins, groupEntityRef: security}
                      - {value: /token-auditors, groupEntityRef: audit}
                    groupEntityRef: group:default/{group}
                service:
                  admin: {groupEntityRefs: [security]}
                  auditor: {groupEntityRefs: [audit]}
                """
                    .formatted(issuer));
    application = RunningApplication.start(new AtItsOwnAddress(call));
  }

  /** Starts the application with its actual address as its public URL. */
  private record AtItsOwnAddress(WarProcess call) implements Deployment {
    @Override
    public Path folder() {
      return call.folder();
    }

    @Override
    public boolean isStandalone() {
      return true;
    }

    @Override
    public Process start(int port, Path log) throws IOException {
      return call.withEnvironment("ACCESSTOKENS_PUBLICURL", "http://127.0.0.1:" + port)
          .start(port, log);
    }
  }

  @AfterAll
  void stopAll() throws Exception {
    if (keycloak != null) {
      keycloak.close();
    }
    if (application != null) {
      application.close();
    }
    network.close();
  }

  private URI own(String path) {
    return URI.create(application.api().origin() + path);
  }

  private void startKeycloak() throws Exception {
    keycloak =
        KeycloakServer.start(
            keycloakPort, URI.create("http://127.0.0.1:" + network.port()), realm());
  }

  private JsonObject realm() {
    JsonArrayBuilder groups = Json.createArrayBuilder();
    List.of("token-admins", "token-auditors", "unknown")
        .forEach(name -> groups.add(Json.createObjectBuilder().add("name", name)));
    return Json.createObjectBuilder()
        .add("realm", "staff")
        .add("enabled", true)
        .add("sslRequired", "none")
        .add("groups", groups)
        .add(
            "users",
            Json.createArrayBuilder()
                .add(user("erin", "/token-admins", "/unknown"))
                .add(user("frank", "/token-auditors"))
                .add(user("grace")))
        .add("clients", Json.createArrayBuilder().add(client()))
        .build();
  }

  private static JsonObjectBuilder user(String name, String... groups) {
    return Json.createObjectBuilder()
        .add("username", name)
        .add("enabled", true)
        .add("firstName", name)
        .add("lastName", "Example")
        .add("email", name + "@example.com")
        .add("emailVerified", true)
        .add("groups", Json.createArrayBuilder(List.of(groups)))
        .add(
            "credentials",
            Json.createArrayBuilder()
                .add(Json.createObjectBuilder().add("type", "password").add("value", name + "!")));
  }

  private JsonObjectBuilder client() {
    return Json.createObjectBuilder()
        .add("clientId", "access-tokens")
        .add("secret", SECRET)
        .add("standardFlowEnabled", true)
        .add("redirectUris", Json.createArrayBuilder().add(own(OPEN_ID + "/callback").toString()))
        .add(
            "attributes",
            Json.createObjectBuilder()
                .add("pkce.code.challenge.method", "S256")
                .add("post.logout.redirect.uris", own("/sign-in").toString()))
        .add(
            "protocolMappers",
            Json.createArrayBuilder()
                .add(
                    Json.createObjectBuilder()
                        .add("name", "groups")
                        .add("protocol", "openid-connect")
                        .add("protocolMapper", "oidc-group-membership-mapper")
                        .add(
                            "config",
                            Json.createObjectBuilder()
                                .add("claim.name", "groups")
                                .add("full.path", "true")
                                .add("id.token.claim", "true"))));
  }

  /** Signs in at Keycloak, and returns its redirect to the application. */
  private Page back(PlainBrowser browser, String person, String to) {
    Page form = browser.visit(browser.visit(own(OPEN_ID + "?to=" + to)).location());
    assertEquals(200, form.status(), form::toString);
    Page sent = browser.submit(form, Map.of("username", person, "password", person + "!"));
    Page last = browser.follow(sent, own(OPEN_ID).toString());
    assertEquals(302, last.status(), last::toString);
    return last;
  }

  private PlainBrowser signIn(String person) {
    PlainBrowser browser = new PlainBrowser();
    Page end = browser.visit(back(browser, person, "/admin/access-tokens").location());
    for (int i = 0;
        i < 3 && end.header("location").orElse("").startsWith("/sign-in?error=unavailable");
        i++) {
      // Keycloak's first responses can take longer than the application waits.
      browser = new PlainBrowser();
      end = browser.visit(back(browser, person, "/admin/access-tokens").location());
    }
    assertEquals(302, end.status(), end::toString);
    assertEquals("/admin/access-tokens", end.header("location").orElse(""));
    return browser;
  }

  private ApiResult whoami(PlainBrowser browser) {
    return application.api().call("GET", WHOAMI).header("Cookie", browser.cookies(own("/"))).send();
  }

  private JsonObject session(PlainBrowser browser) {
    return application
        .api()
        .call("GET", BrowserSession.PATH)
        .header("Cookie", browser.cookies(own("/")))
        .send()
        .ok();
  }

  private static List<String> texts(JsonObject object, String member) {
    return object.getJsonArray(member).getValuesAs(JsonString::getString);
  }

  @Test
  @Order(1)
  void unreachableProviderIs503UntilItStarts() throws Exception {
    JsonObject state = application.api().get(BrowserSession.PATH).ok();
    assertEquals(1, state.getJsonArray("ways").size(), state::toString);
    JsonObject way = state.getJsonArray("ways").getJsonObject(0);
    assertEquals("oidc", way.getString("id"));
    assertEquals("Staff", way.getString("title"));
    assertEquals(OPEN_ID, way.getString("href"));
    // Sample users do not exist if a provider is configured.
    application.api().as("alice").get(WHOAMI).problem(401);
    application
        .api()
        .post(BrowserSession.PATH, BrowserSession.credentials("alice", "alice"))
        .problem(401);

    TimeLimits.within(BOUND, () -> application.api().get(OPEN_ID).problem(503));
    Page page =
        TimeLimits.within(
            BOUND, () -> new PlainBrowser().visit(own(OPEN_ID + "?to=/admin/access-tokens")));
    assertEquals(
        "/sign-in?error=unavailable&to=%2Fadmin%2Faccess-tokens",
        page.header("location").orElse(page.toString()));
    startKeycloak();
    // Keycloak's first responses can take longer than the application waits.
    await()
        .until(
            () -> new PlainBrowser().visit(own(OPEN_ID)).location().toString().startsWith(issuer));
  }

  @Test
  @Order(2)
  void authorizationRequestHasAChallengeAndABrowserCookie() {
    PlainBrowser browser = new PlainBrowser();
    Page start = browser.visit(own(OPEN_ID));
    String location = start.location().toString();
    assertTrue(location.startsWith(issuer + "/protocol/openid-connect/auth?"), location);
    assertTrue(location.contains("code_challenge_method=S256"), location);
    assertTrue(location.matches(".*[?&]code_challenge=[A-Za-z0-9_-]{43}(&.*)?"), location);
    assertTrue(location.matches(".*[?&]state=[A-Za-z0-9_-]{43}(&.*)?"), location);
    assertTrue(location.matches(".*[?&]nonce=[A-Za-z0-9_-]{43}(&.*)?"), location);
    assertTrue(location.contains("response_type=code"), location);
    String cookie = start.header("set-cookie").orElseThrow();
    assertTrue(cookie.contains("; HttpOnly; SameSite=Lax"), cookie);
    assertNotEquals(location, new PlainBrowser().visit(own(OPEN_ID)).location().toString());
  }

  @Test
  @Order(3)
  void groupsOfTheProviderGrantPermissions() {
    PlainBrowser erin = signIn("erin");
    JsonObject state = session(erin);
    assertEquals("user:default/erin", state.getString("subject"));
    assertEquals("erin Example", state.getString("displayName"));
    assertEquals(List.of("group:default/security"), texts(state, "groups"));
    assertTrue(texts(state, "permissions").contains(WRITE), state::toString);
    assertEquals(List.of(), texts(state, "ownGroupsOnly"));
    application
        .api()
        .call("POST", PATH)
        .header("Cookie", erin.cookies(own("/")))
        .header("X-Requested-With", "x")
        .json(good().json())
        .send()
        .expect(201);

    PlainBrowser frank = signIn("frank");
    JsonObject auditor = session(frank);
    assertTrue(texts(auditor, "permissions").contains(READ), auditor::toString);
    assertFalse(texts(auditor, "ownGroupsOnly").contains(READ), auditor::toString);
    assertTrue(texts(auditor, "ownGroupsOnly").contains(WRITE), auditor::toString);
    String cookie = frank.cookies(own("/"));
    application.api().call("GET", PATH).header("Cookie", cookie).send().ok();
    application
        .api()
        .call("POST", PATH)
        .header("Cookie", cookie)
        .header("X-Requested-With", "x")
        .json(good().json())
        .send()
        .problem(403);

    PlainBrowser grace = signIn("grace");
    assertEquals("user:default/grace", whoami(grace).ok().getString("subject"));
    List<String> permissions = texts(session(grace), "permissions");
    assertFalse(permissions.contains(READ), permissions::toString);
  }

  @Test
  @Order(4)
  void callbackWorksOnceAndInItsBrowserOnly() {
    TimeLimits.repeatAfterStop(this::useCallbackInSeveralBrowsers);
  }

  private void useCallbackInSeveralBrowsers() {
    PlainBrowser browser = new PlainBrowser();
    Page back = back(browser, "erin", "/");
    PlainBrowser another = new PlainBrowser();
    for (PlainBrowser thief : List.of(new PlainBrowser(), another)) {
      another.visit(own(OPEN_ID));
      Page stolen = thief.visit(back.location());
      boolean signedIn = session(thief).getBoolean("signedIn");
      TimeLimits.assertAlways(!signedIn, () -> "another browser is signed in");
      assertEquals("/sign-in?error=failed&to=%2F", stolen.header("location").orElse(""));
    }
    Page response = another.request("GET", back.location(), Map.of());
    assertEquals(400, response.status(), response::toString);
    String attempt = browser.cookies(own("/"));
    assertEquals("/", browser.visit(back.location()).header("location").orElse(""));
    assertTrue(session(browser).getBoolean("signedIn"), "the browser is not signed in");
    ApiResult again =
        application
            .api()
            .call("GET", back.location().getRawPath() + '?' + back.location().getRawQuery())
            .header("Cookie", attempt)
            .send();
    TimeLimits.assertAlways(!again.headerLine("Set-Cookie").contains("session"), again::toString);
    again.problem(400);
  }

  @Test
  @Order(5)
  void signInCreatesANewSession() {
    TimeLimits.repeatAfterStop(this::signInTwice);
  }

  private void signInTwice() {
    PlainBrowser browser = signIn("grace");
    String before = browser.cookies(own("/"));
    // Keycloak still has a session for this user.
    Page back =
        browser.follow(
            browser.visit(browser.visit(own(OPEN_ID)).location()), own(OPEN_ID).toString());
    assertEquals("/", browser.visit(back.location()).header("location").orElse(""));
    TimeLimits.assertAlways(
        !before.equals(browser.cookies(own("/"))), () -> "the session is not a new one");
    ApiResult former = application.api().call("GET", WHOAMI).header("Cookie", before).send();
    TimeLimits.assertAlways(former.status() != 200, former::toString);
    former.problem(401);
    whoami(browser).ok();
  }

  @Test
  @Order(6)
  void redirectStaysOnTheSite() {
    for (String to :
        List.of(
            "https://evil.example/",
            "//evil.example/",
            "/%5Cevil.example",
            "/%09/evil.example",
            "javascript:alert(1)",
            "evil.example")) {
      PlainBrowser browser = new PlainBrowser();
      Page end = browser.visit(back(browser, "grace", to).location());
      assertEquals(own("/").getAuthority(), end.location().getAuthority(), to);
      assertFalse(end.header("location").orElse("").startsWith("//"), to);
    }
  }

  @Test
  @Order(7)
  void denialAtTheProviderIsReported() {
    Metrics before = metrics();
    PlainBrowser browser = new PlainBrowser();
    Page denied = endWithError(browser, "access_denied");
    assertEquals("/sign-in?error=denied&to=%2Fadmin", denied.header("location").orElse(""));
    for (String error : List.of("temporarily_unavailable", "server_error")) {
      Page outage = endWithError(browser, error); // is not a refused sign-in
      assertEquals("/sign-in?error=unavailable&to=%2Fadmin", outage.header("location").orElse(""));
    }
    Page odd = browser.visit(own(OPEN_ID + "/callback?error=x&state=x&code=y&code=z"));
    assertEquals("/sign-in?error=failed&to=%2F", odd.header("location").orElse(""));
    String denials = refusedSignIns("denied_by_provider");
    String invalid = refusedSignIns("invalid_provider_response");
    metrics().expect(before.value(denials) + 1, denials).expect(before.value(invalid) + 1, invalid);
  }

  @Test
  @Order(7)
  void errorCodeOfTheProviderIsLogged() throws Exception {
    PlainBrowser browser = new PlainBrowser();
    // Without a pending sign-in, the code can come from any client.
    browser.visit(own(OPEN_ID + "/callback?error=forged_code&state=x"));
    for (String error : List.of("invalid_scope&error_description=forged", "forged%0Acode")) {
      String logged = error.startsWith("invalid_scope") ? "invalid_scope" : "unknown error";
      await() // The number of log lines in a second is limited.
          .until(
              () -> {
                Page end = endWithError(browser, error);
                String location = end.header("location").orElse("");
                assertEquals("/sign-in?error=failed&to=%2Fadmin", location);
                return application
                    .log()
                    .contains("an OpenID sign-in is refused by the provider: " + logged);
              });
    }
    assertFalse(application.log().contains("forged"), "text of a client is in the log");
  }

  /** Starts a sign-in, and ends it as if the provider had responded with an error. */
  private Page endWithError(PlainBrowser browser, String error) {
    String state =
        browser
            .visit(own(OPEN_ID + "?to=/admin"))
            .location()
            .getQuery()
            .replaceFirst(".*?state=([^&]*).*", "$1");
    return browser.visit(own(OPEN_ID + "/callback?error=" + error + "&state=" + state));
  }

  private Metrics metrics() {
    return Metrics.read(new Api(URI.create("http://127.0.0.1:" + managementPort), new Exchanges()));
  }

  private static String refusedSignIns(String reason) {
    return "access_tokens_sign_ins_total{method=\"oidc\",outcome=\"refused\",reason=\""
        + reason
        + "\"}";
  }

  @Test
  @Order(8)
  void signOutEndsTheSessionAtTheProvider() {
    PlainBrowser browser = signIn("erin");
    String cookie = browser.cookies(own("/"));
    Page out =
        browser.request("DELETE", own(BrowserSession.PATH), Map.of("X-Requested-With", "script"));
    assertEquals(200, out.status(), out::toString);
    application.api().call("GET", WHOAMI).header("Cookie", cookie).send().problem(401);
    String next = out.text().replaceFirst(".*\"continueAt\":\"([^\"]*)\".*", "$1");
    Page end = browser.follow(browser.visit(URI.create(next)), own("/sign-in").toString());
    assertEquals(own("/sign-in"), end.location(), end::toString);
    // Keycloak asks for the password again.
    Page form = browser.visit(browser.visit(own(OPEN_ID)).location());
    assertTrue(form.text().contains("name=\"password\""), form::toString);
  }

  @Test
  @Order(9)
  void rotatedKeysAreUsedWithoutARestart() throws Exception {
    signIn("grace");
    JsonObject provider =
        Json.createObjectBuilder()
            .add("name", "newer")
            .add("providerId", "rsa-generated")
            .add("providerType", "org.keycloak.keys.KeyProvider")
            .add(
                "config",
                Json.createObjectBuilder()
                    .add("priority", Json.createArrayBuilder().add("500"))
                    .add("enabled", Json.createArrayBuilder().add("true"))
                    .add("active", Json.createArrayBuilder().add("true")))
            .build();
    Objects.requireNonNull(keycloak)
        .administer("POST", "/admin/realms/staff/components", provider.toString());
    whoami(signIn("grace")).ok();
  }

  @Test
  @Order(10)
  void providerOutageIsBoundedAndRecovers() throws Exception {
    PlainBrowser erin = signIn("erin");
    for (boolean hanging : new boolean[] {false, true}) {
      Duration first = durationOfSignIn(erin, hanging);
      if (first.compareTo(BOUND) >= 0) { // the machine can stop once
        Duration second = durationOfSignIn(erin, hanging);
        assertTrue(second.compareTo(BOUND) < 0, () -> first + ", and then " + second);
      }
    }
    await().untilAsserted(() -> whoami(signIn("frank")).ok());
    // The log is written in the background.
    await()
        .untilAsserted(
            () -> {
              String log = application.log();
              assertTrue(
                  log.lastIndexOf("recovered: sign-in at the provider")
                      > log.lastIndexOf("sign-in at the provider is unavailable"),
                  log);
            });
    assertFalse(application.log().contains(SECRET), "the client's secret is in the log");
  }

  /** Returns the duration of the last request of a sign-in that fails because of an outage. */
  private Duration durationOfSignIn(PlainBrowser signedIn, boolean hanging) throws Exception {
    PlainBrowser browser = new PlainBrowser();
    Page back =
        await()
            .ignoreExceptions()
            .pollDelay(Duration.ZERO)
            .until(() -> back(browser, "frank", "/"), page -> true);
    if (hanging) {
      network.stall();
    } else {
      network.cut();
    }
    try {
      long begun = System.nanoTime();
      Page response = browser.request("GET", back.location(), Map.of());
      assertEquals(503, response.status(), response::toString);
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      // A signed-in user is not affected, and can sign out.
      whoami(signedIn).ok();
      return took;
    } finally {
      network.restore();
    }
  }

  @Test
  @Order(11)
  void userSignsInAndOutInABrowser() {
    ChromeDriver browser = Chromium.shared();
    browser.executeCdpCommand("Network.clearBrowserCookies", Map.of());
    String list = own("/admin/access-tokens").toString();
    browser.get(list + "?status=revoked");
    on(browser, By.linkText("Staff"), WebElement::click);
    on(browser, By.id("username"), field -> field.sendKeys("erin"));
    on(browser, By.id("password"), field -> field.sendKeys("erin!"));
    on(browser, By.id("kc-login"), WebElement::click);
    new WebDriverWait(browser, TIMEOUT)
        .until(driver -> (list + "?status=revoked").equals(driver.getCurrentUrl()));
    on(
        browser,
        By.cssSelector("main h1"),
        heading -> assertEquals("Service tokens", heading.getText()));

    on(browser, By.cssSelector("summary"), WebElement::click);
    on(browser, By.xpath("//button[normalize-space()='Sign out']"), WebElement::click);
    // The sign-out included Keycloak, which therefore asks for the password.
    on(browser, By.linkText("Staff"), WebElement::click);
    on(browser, By.id("password"), password -> {});
    // The sign-out can interrupt requests of the list. The next test class in this browser asserts
    // that it logs nothing.
    browser.manage().logs().get(LogType.BROWSER);
  }

  /** Waits for an element and uses it. Searches for it again if the page replaces it. */
  private static void on(ChromeDriver browser, By by, Consumer<WebElement> use) {
    var unused =
        new WebDriverWait(browser, TIMEOUT)
            .ignoring(StaleElementReferenceException.class)
            .until(
                driver -> {
                  WebElement found = driver.findElement(by);
                  if (!found.isDisplayed() || !found.isEnabled()) {
                    return false;
                  }
                  use.accept(found);
                  return true;
                });
  }
}
