package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.client.ServiceTokens.path;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.JwtIssuerServer;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.ShortLivedTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import jakarta.json.JsonObject;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Tests the limits of wrong credentials per client, and of changes per user. The test acts as the
 * trusted proxy, so that it can choose client addresses. Each test uses its own addresses.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RateLimitsIT {

  private static final int UNKNOWN_TOKENS = 20;
  private static final int FAILED_SIGN_INS = 3;

  private final SecureRandom random = new SecureRandom();

  private JwtIssuerServer issuer;

  private RunningApplication application;

  private ServiceTokens alice;

  @BeforeAll
  void start() throws Exception {
    issuer = new JwtIssuerServer();
    application =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .with("--in-memory")
                .withGroups()
                .withConfig(
                    """
                    login:
                      jwt:
                        - {issuer: '%s', audience: '%s', jwksUrl: '%s'}
                    service:
                      admin: {userEntityRefs: [user:default/alice]}
                      auditor: {userEntityRefs: [user:default/bob]}
                    """
                        .formatted(issuer.issuer(), JwtIssuerServer.AUDIENCE, issuer.keys()))
                .withEnvironment("ACCESSTOKENS_TRUSTEDPROXIES", "127.0.0.1, 10.0.0.0/8")
                .withEnvironment("ACCESSTOKENS_RATELIMITS_UNKNOWNTOKENSPERMINUTE", "20")
                .withEnvironment("ACCESSTOKENS_RATELIMITS_FAILEDSIGNINSPERMINUTE", "3"));
    alice = new ServiceTokens(application.api().as("alice"));
  }

  @AfterAll
  void stop() {
    application.close();
    issuer.close();
  }

  private static ApiResult from(String forwardedFor, Api caller) {
    return caller.call("GET", WHOAMI).header("X-Forwarded-For", forwardedFor).send();
  }

  private Api anonymous() {
    return application
        .api()
        .bearer(RawTokenFormat.DEFAULT.create(RawToken.Kind.SERVICE, random).reveal());
  }

  /** Sends unknown tokens, and returns how many got a 401. The others got a 429. */
  private int refused(String forwardedFor, int tries) {
    int refused = 0;
    for (int i = 0; i < tries; i++) {
      ApiResult answer = from(forwardedFor, anonymous()).expectProblem().expectOneOf(401, 429);
      refused += answer.status() == 401 ? 1 : 0;
    }
    return refused;
  }

  @Test
  void unknownTokensAreLimitedAndKnownOnesAreNot() throws Exception {
    String client = "192.0.2.1";
    TestToken live = alice.create();
    TestToken dead = alice.create();
    alice.revoke(dead.id());
    TestToken over = alice.createExpiring(good());
    over.awaitExpiry();
    long start = System.nanoTime();
    Permits permits = new Permits(UNKNOWN_TOKENS);
    for (int i = 0; i < UNKNOWN_TOKENS; i++) {
      permits.use(401, () -> from(client, anonymous()).expectProblem());
    }
    int more = refused(client, 30);
    assertWithin(permits, UNKNOWN_TOKENS + more);
    for (int i = 0; i < 2 * UNKNOWN_TOKENS; i++) {
      from(client, application.api().bearer(dead.rawToken())).problem(401);
      from(client, application.api().bearer(over.rawToken())).problem(401);
      from(client, application.api().bearer(live.rawToken())).ok();
      from(client, application.api().bearer("bsat_junk")).problem(401);
    }
    refused(client, UNKNOWN_TOKENS);
    from(client, application.api()).problem(401);

    assertEquals(UNKNOWN_TOKENS, refused("192.0.2.2", UNKNOWN_TOKENS), "another client");
    String log = awaitLogged(line -> limited(line, client));
    long minutes = Duration.ofNanos(System.nanoTime() - start).toMinutes();
    long logged = log.lines().filter(line -> limited(line, client)).count();
    assertTrue(logged <= 1 + minutes, "logged once a minute, but saw " + logged);
    assertEquals(List.of(), log.lines().filter(line -> limited(line, "192.0.2.2")).toList());
  }

  private static void assertWithin(Permits permits, int used) {
    long most = permits.most();
    assertTrue(used <= most, () -> used + " permits, but at most " + most);
  }

  /** Waits for a line of the log, which is written in the background, and returns the log. */
  private String awaitLogged(Predicate<String> line) {
    return Awaitility.await("the line in the log")
        .until(application::log, log -> log.lines().anyMatch(line));
  }

  private static boolean limited(String line, String client) {
    return line.contains("rate-limited") && line.contains('"' + client + '"');
  }

  @Test
  void clientIsServedAfterRetryAfter() throws Exception {
    String client = "192.0.2.11";
    ApiResult last;
    do {
      last = from(client, anonymous()).expectProblem().expectOneOf(401, 429);
    } while (last.status() == 401);
    assertTrue(last.headerLine("Cache-Control").contains("no-store"), last::toString);
    int seconds = Integer.parseInt(last.headerLine("Retry-After"));
    assertTrue(seconds >= 1 && seconds <= 3, last::toString);
    Thread.sleep(1000L * seconds); // A client waits as long as Retry-After says.
    from(client, anonymous()).problem(401);
  }

  @Test
  void forgedForwardingHeadersAreLimited() {
    Permits permits = new Permits(UNKNOWN_TOKENS);
    int refused = 0;
    for (int i = 0; i < 2 * UNKNOWN_TOKENS; i++) {
      // The value from the client, followed by those that proxies appended.
      String reported = i % 2 == 0 ? "203.0.113." + i + ", " : "\"unknown, ";
      ApiResult answer =
          anonymous()
              .call("GET", WHOAMI)
              .header("Forwarded", "for=203.0.113." + i)
              .header("X-Forwarded-For", reported + "::ffff:192.0.2.21, 10.0.0.7")
              .send()
              .expectOneOf(401, 429);
      refused += answer.status() == 401 ? 1 : 0;
    }
    // The address that the trusted proxies report shares the permits.
    assertWithin(permits, refused + refused("192.0.2.21", 5));
  }

  @Test
  void ipv6NetworkIsOneClient() {
    Permits permits = new Permits(UNKNOWN_TOKENS);
    int refused = 0;
    for (int i = 0; i < 2 * UNKNOWN_TOKENS; i++) {
      refused += refused("[2001:db8::" + i + "]:4711", 1);
    }
    assertWithin(permits, refused);
    assertEquals(5, refused("2001:db8:0:1::1", 5));
  }

  @Test
  void wrongSignaturesAreLimited() throws Exception {
    String personal = new PersonalTokens(application.api().as("carol")).create().rawToken();
    Map<String, String> jwts =
        Map.of(
            "192.0.2.51", ShortLivedTokens.exchange(application.api(), personal),
            "192.0.2.52", issuer.token("user:default/erin"));
    for (Map.Entry<String, String> one : jwts.entrySet()) {
      String client = one.getKey();
      String jwt = one.getValue();
      Api forger = application.api().bearer(jwt.substring(0, jwt.length() - 4) + "AAAA");
      Permits permits = new Permits(UNKNOWN_TOKENS);
      int refused = 0;
      for (int i = 0; i < 2 * UNKNOWN_TOKENS; i++) {
        ApiResult answer = from(client, forger).expectProblem().expectOneOf(401, 429);
        refused += answer.status() == 401 ? 1 : 0;
      }
      assertWithin(permits, refused);
      from("192.0.2.53", application.api().bearer(jwt)).ok();
      awaitLogged(line -> limited(line, client) && line.contains("wrong_signatures"));
    }
  }

  @Test
  void failedSignInsAreLimitedPerUserAndAddress() throws Exception {
    Api carol = application.api().basic("carol", "Rate-Limits-Guess");
    ApiResult limited =
        new Permits(FAILED_SIGN_INS).exhaust(401, () -> from("192.0.2.31", carol).expectProblem());
    int seconds = Integer.parseInt(limited.headerLine("Retry-After"));
    assertTrue(seconds >= 1 && seconds <= 20, limited::toString);
    from("192.0.2.31", application.api().basic("dave", "guess")).problem(401);
    from("192.0.2.32", carol).problem(401);
    // The account is not locked: the correct password works from another address.
    application.api().as("carol").get(WHOAMI).ok();
    String log =
        awaitLogged(line -> line.contains("too_many_failures") && line.contains("\"carol\""));
    assertFalse(log.contains("Rate-Limits-Guess"), "a password is in the log");
  }

  @Test
  void sessionSignInsShareTheLimit() {
    String client = "192.0.2.41";
    Permits permits = new Permits(FAILED_SIGN_INS);
    for (int i = 0; i < FAILED_SIGN_INS - 1; i++) {
      String guess = "guess " + i;
      permits.use(401, () -> session(client, guess).expectProblem());
    }
    Api bob = application.api().basic("bob", "another guess");
    permits.use(401, () -> from(client, bob).expectProblem());
    ApiResult limited = permits.exhaust(401, () -> session(client, "Session-Guess"));
    assertTrue(limited.headerLine("Retry-After").matches("[1-9][0-9]?"), limited::toString);
    permits.exhaust(401, () -> from(client, bob));
  }

  private ApiResult session(String client, String password) {
    return application
        .api()
        .call("POST", BrowserSession.PATH)
        .header("X-Forwarded-For", client)
        .json(BrowserSession.credentials("bob", password))
        .send();
  }

  @Test
  void rightPasswordIsRejectedAboveTheLimit() {
    Api wrong = application.api().basic("dave", "guess");
    Api right = application.api().as("dave");
    for (int i = 0; i < 20; i++) {
      right.get(WHOAMI).ok();
    }
    Permits permits = new Permits(FAILED_SIGN_INS);
    limited(
        () -> {
          permits.exhaust(401, () -> wrong.get(WHOAMI));
          return right.get(WHOAMI);
        });
    application.api().as("bob").get(WHOAMI).ok();
  }

  @Test
  void changesOfServiceTokensAreLimitedPerCaller() throws Exception {
    WarProcess call =
        WarProcess.inNewFolder()
            .with("--in-memory")
            .withEnvironment("ACCESSTOKENS_RATELIMITS_SERVICETOKENCHANGESPERMINUTE", "3");
    try (RunningApplication limited = RunningApplication.start(call)) {
      ServiceTokens admin = new ServiceTokens(limited.api().as("alice"));
      TestToken first = admin.create();
      TestToken second = admin.create();
      Api carol = limited.api().as("carol");
      for (int i = 0; i < 3; i++) {
        carol.post(path(first.id()) + "/rotate", "{}").ok();
      }
      ApiResult refused = limited(() -> carol.post(path(first.id()) + "/rotate", "{}"));
      assertTrue(refused.headerLine("Retry-After").matches("[1-9]|1[0-9]|20"), refused::toString);
      limited(() -> carol.post(ServiceTokens.PATH, good().json()));
      limited(() -> carol.call("PATCH", path(first.id())).json("{\"description\":\"d\"}").send());

      limited.api().as("alice").post(path(second.id()) + "/rotate", "{}").ok();
      carol.call("DELETE", path(first.id()) + "/previous-secret").send().expect(204);
      ServiceTokens carols = new ServiceTokens(carol);
      assertEquals(204, carols.tryRevoke(first.id()).status());
      assertEquals(409, carols.tryRevoke(first.id()).status());
      carol
          .post(
              ServiceTokens.PATH + "/revoke",
              "{\"ids\":[\"" + second.id() + "\"],\"reason\":\"leaked\"}")
          .ok();
    }
  }

  /** Repeats a change until it exceeds the limit. A permit is refilled every 20 seconds. */
  private static ApiResult limited(Supplier<ApiResult> change) {
    ApiResult answer = change.get();
    for (int i = 0; i < 5 && answer.status() != 429; i++) {
      answer = change.get();
    }
    return answer.problem(429);
  }

  @Test
  void usageHasTheClientAddressBehindTheProxy() {
    TestToken made = alice.create();
    from("203.0.113.5, 192.0.2.41", application.api().bearer(made.rawToken())).ok();
    Api bob = application.api().as("bob");
    JsonObject accepted =
        Awaitility.await("the use of the token is reported")
            .atMost(Duration.ofSeconds(60))
            .until(
                () -> bob.get(path(made.id()) + "/usage").ok().getJsonObject("accepted"),
                usage -> usage.getInt("count") > 0);
    assertEquals("192.0.2.41", accepted.getString("lastAddress"));
  }

  @Test
  void untrustedProxyIsOneClientAndLoggedOnce() throws Exception {
    WarProcess call =
        WarProcess.inNewFolder()
            .with("--in-memory")
            .withEnvironment("ACCESSTOKENS_RATELIMITS_UNKNOWNTOKENSPERMINUTE", "5")
            .withEnvironment("ACCESSTOKENS_RATELIMITS_FAILEDSIGNINSPERMINUTE", "0");
    try (RunningApplication untrusting = RunningApplication.start(call)) {
      Permits permits = new Permits(5);
      int refused = 0;
      for (int i = 0; i < 10; i++) {
        String raw = RawTokenFormat.DEFAULT.create(RawToken.Kind.SERVICE, random).reveal();
        ApiResult answer = from("192.0.2." + i, untrusting.api().bearer(raw)).expectOneOf(401, 429);
        refused += answer.status() == 401 ? 1 : 0;
      }
      assertTrue(refused >= 5, "" + refused);
      assertWithin(permits, refused);
      for (int i = 0; i < 15; i++) {
        untrusting.api().basic("alice", "guess").get(WHOAMI).problem(401);
      }
      untrusting.api().as("alice").get(WHOAMI).ok();
      untrusting.stop(); // writes the rest of the log
      String log = untrusting.log();
      assertFalse(log.contains("192.0.2."), "an untrusted address is in the log");
      assertEquals(
          1, log.lines().filter(line -> line.contains("has a forwarding header")).count(), log);
    }
  }
}
