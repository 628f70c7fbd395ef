package io.accesstokens.it;

import static io.accesstokens.testing.client.PersonalTokens.request;
import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.client.TokenRequest.newName;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.OpenIdIssuer;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.MintFlowClient;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.server.PlainBrowser;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.ShiftableClock;
import io.accesstokens.testing.server.WarProcess;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Tests which tokens a session may create after the sign-in is older than an hour, and how it
 * renews the sign-in. Also tests sign-ins at a provider in several tabs, and the end of a session
 * that began at a provider.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FreshSignInIT {

  private static final String TYPE =
      "urn:problem-type:access-tokens:insufficient-user-authentication";
  private static final String OPEN_ID = BrowserSession.PATH + "/oidc";
  private static final String AGAIN = BrowserSession.PATH + "/reauthentication";
  private static final String WRITE = "catalog:write";
  private static final String READ = "catalog:read";
  private static final Duration LIMIT = Duration.ofHours(1);

  private OpenIdIssuer provider;
  private ShiftableClock clock;
  private RunningApplication application;
  private Api api;

  @BeforeAll
  void start() throws Exception {
    provider = OpenIdIssuer.start();
    WarProcess process =
        WarProcess.inNewFolder()
            .with("--in-memory")
            .withConfig(
                """
                publicUrl: http://127.0.0.1
                session: {absoluteHours: 48, idleMinutes: 600, freshSignInHours: 1}
                login:
                  usersFile: '%s'
                  oidc: {issuer: '%s', clientId: ours}
                directory: {groupsFile: '%s'}
                service: {admin: {userEntityRefs: [alice, judy]}}
                """
                    .formatted(
                        Path.of("config/people.yaml").toAbsolutePath(),
                        provider.url(),
                        Path.of("config/groups.yaml").toAbsolutePath()));
    clock = ShiftableClock.in(process.folder());
    application = RunningApplication.start(clock.usedBy(process));
    api = application.api();
  }

  @AfterAll
  void stop() {
    application.close();
    provider.close();
  }

  @BeforeEach
  void now() throws Exception {
    clock.shift(Duration.ZERO);
  }

  private static String token(String... scopes) {
    return TokenRequest.good().scopes(scopes).json();
  }

  private static void refused(ApiResult answer) {
    assertEquals(TYPE, answer.problem(403).json().getString("type"), answer::toString);
    assertFalse(answer.header("WWW-Authenticate").isPresent(), answer::toString);
    assertTrue(answer.text().contains("older than 1 h"), answer::toString);
  }

  @Test
  void oldSignInNeedsThePasswordForWriteScopes() throws Exception {
    BrowserSession alice = BrowserSession.signIn(api, "alice", "alice");
    alice.post(ServiceTokens.PATH, token(WRITE)).expect(201);
    clock.shift(LIMIT.minusMinutes(5));
    MintFlowClient flow = MintFlowClient.start(alice, request(newName(), WRITE));
    MintFlowClient denied = MintFlowClient.start(alice, request(newName(), WRITE));
    MintFlowClient reading = MintFlowClient.start(alice, request(newName(), READ));
    clock.shift(LIMIT.plusMinutes(1));

    refused(alice.post(ServiceTokens.PATH, token(READ, WRITE)));
    refused(alice.post(PersonalTokens.PATH, request(newName(), WRITE)));
    refused(alice.post(PersonalTokens.PATH, request(newName(), "access-tokens:service:revoke")));
    refused(alice.post(MintFlowClient.PATH, request(newName(), WRITE)));
    refused(flow.decide("allow"));
    denied.decided("deny");
    reading.pickUp(reading.allowed()).expect(201);
    alice.post(ServiceTokens.PATH, token(READ)).expect(201);
    alice.post(PersonalTokens.PATH, request(newName())).expect(201);
    // Errors in the request are reported first.
    alice.post(ServiceTokens.PATH, token(WRITE, "no:such")).problem(422);

    // Basic credentials carry the password in each request, so they are always fresh.
    api.as("alice").post(ServiceTokens.PATH, token(WRITE)).expect(201);
    api.as("alice").post(PersonalTokens.PATH, request(newName(), WRITE)).expect(201);

    alice.post(AGAIN, "{\"password\":\"bob\"}").problem(401);
    refused(alice.post(ServiceTokens.PATH, token(WRITE)));
    ApiResult again = alice.post(AGAIN, "{\"password\":\"alice\"}").expect(204);
    BrowserSession renewed = alice.renewedBy(again);
    alice.get(WHOAMI).problem(401);
    renewed.post(ServiceTokens.PATH, token(WRITE)).expect(201);
    renewed.post(PersonalTokens.PATH, request(newName(), WRITE)).expect(201);
    // The flow continues, although its secrets are derived from the session key.
    flow.in(renewed).pickUp(flow.in(renewed).allowed()).expect(201);
    Awaitility.await("the log of the denial")
        .until(() -> application.log().contains("\"rule\":\"fresh-sign-in\""));
  }

  private record Back(ApiResult answer, @Nullable BrowserSession sessionOrNull) {

    BrowserSession session() {
      return Objects.requireNonNull(sessionOrNull, answer::toString);
    }
  }

  /** Performs a sign-in at the provider, in a session or without one. */
  private Back atProvider(
      String query, String username, @Nullable Instant authTime, @Nullable BrowserSession in)
      throws Exception {
    ApiResult start = api.get(OPEN_ID + query).expect(302);
    String authorizationUrl = start.headerLine("Location");
    assertEquals(
        query.contains("fresh=true"), authorizationUrl.contains("prompt=login"), authorizationUrl);
    assertEquals(
        query.contains("fresh=true"), authorizationUrl.contains("max_age=0"), authorizationUrl);
    provider.signIn(
        username, "ours", MintFlowClient.parameter(authorizationUrl, "nonce"), authTime);
    String attempt = start.headerLine("Set-Cookie").split(";", 2)[0];
    ApiResult answer =
        api.call(
                "GET",
                OPEN_ID
                    + "/callback?code=c&state="
                    + MintFlowClient.parameter(authorizationUrl, "state"))
            .header("Cookie", in == null ? attempt : attempt + "; " + in.cookie())
            .send();
    if (answer.status() != 302) {
      return new Back(answer, null);
    }
    BrowserSession any = in == null ? BrowserSession.signIn(api, "bob", "bob") : in;
    return new Back(answer, any.renewedBy(answer));
  }

  @Test
  void oldSignInAtTheProviderNeedsANewOne() throws Exception {
    Instant old = Instant.now().minus(LIMIT.multipliedBy(2));
    BrowserSession judy = atProvider("?to=/admin", "judy", old, null).session();
    refused(judy.post(ServiceTokens.PATH, token(WRITE)));
    judy.post(ServiceTokens.PATH, token(READ)).expect(201);
    ApiResult password = judy.post(AGAIN, "{\"password\":\"judy\"}");
    assertEquals(List.of("password"), password.problem(422).violatedFields());
    ApiResult empty = judy.post(AGAIN, "{}").problem(422);
    assertEquals(1, empty.json().getJsonArray("violations").size(), empty::toString);

    String fresh = "?fresh=true&to=/admin/access-tokens/sessions";
    for (Instant stale : new Instant[] {old, null}) { // an old time, or no time
      atProvider(fresh, "judy", stale, judy).answer().problem(400);
    }
    atProvider(fresh, "mallory", Instant.now(), judy).answer().problem(400);
    judy.get(WHOAMI).ok();
    refused(judy.post(ServiceTokens.PATH, token(WRITE)));

    Back back = atProvider(fresh, "judy", Instant.now(), judy);
    assertEquals("/admin/access-tokens/sessions", back.answer().headerLine("Location"));
    BrowserSession renewed = back.session();
    assertNotEquals(judy.cookie(), renewed.cookie());
    judy.get(WHOAMI).problem(401);
    renewed.post(ServiceTokens.PATH, token(WRITE)).expect(201);
    renewed.delete(BrowserSession.PATH, "").expect(204);
  }

  private String callback(PlainBrowser browser, PlainBrowser.Page start) throws Exception {
    String authorizationUrl = start.location().toString();
    provider.signIn("judy", "ours", MintFlowClient.parameter(authorizationUrl, "nonce"), null);
    String state = MintFlowClient.parameter(authorizationUrl, "state");
    return target(browser, "/callback?code=c&state=" + state);
  }

  private URI own(String path) {
    return URI.create(api.origin() + path);
  }

  private PlainBrowser.Page visit(PlainBrowser browser, String path) {
    return browser.visit(own(OPEN_ID + path));
  }

  private String target(PlainBrowser browser, String path) {
    return visit(browser, path).header("location").orElseThrow();
  }

  @Test
  void signInsInSeveralTabsAreIndependent() throws Exception {
    PlainBrowser browser = new PlainBrowser();
    PlainBrowser.Page one = visit(browser, "?to=/admin");
    PlainBrowser.Page two = visit(browser, "?to=/settings");
    assertEquals("/sign-in?error=failed&to=%2F", target(browser, "/callback?code=c&state=other"));
    String state = MintFlowClient.parameter(visit(browser, "").location().toString(), "state");
    assertEquals(
        "/sign-in?error=failed&to=%2F", target(browser, "/callback?code=%20&state=" + state));
    assertEquals("/settings", callback(browser, two));
    assertEquals("/admin", callback(browser, one));
    assertEquals("/sign-in?error=failed&to=%2F", callback(browser, one), "a repeat");
  }

  @Test
  void numberOfPendingSignInsIsLimited() throws Exception {
    PlainBrowser browser = new PlainBrowser();
    PlainBrowser.Page last = visit(browser, "");
    for (int i = 0; i < 5; i++) {
      last = visit(browser, "?to=/admin");
    }
    assertEquals(3, browser.cookies(own("/")).split(";").length);
    assertEquals("/admin", callback(browser, last));
  }

  @Test
  void administratorEndsASessionFromTheProvider() throws Exception {
    BrowserSession judy = atProvider("?to=/admin", "judy", null, null).session();
    judy.get(WHOAMI).ok();
    String body = "{\"userEntityRef\":\"judy\",\"reason\":\"left the company\"}";
    api.as("alice").post(PersonalTokens.USER_TOKENS + "/revoke", body).ok();
    judy.post(PersonalTokens.PATH, request(newName())).problem(401);
  }

  @Test
  void signInWithoutAnAuthenticationTimeIsFresh() throws Exception {
    BrowserSession judy = atProvider("?to=/admin", "judy", null, null).session();
    judy.post(ServiceTokens.PATH, token(WRITE)).expect(201);
  }
}
