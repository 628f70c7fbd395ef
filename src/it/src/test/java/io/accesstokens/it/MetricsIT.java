package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.PATH;
import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.login.password.PasswordHash;
import io.accesstokens.testing.Certificate;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.Exchanges;
import io.accesstokens.testing.client.Metrics;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import io.accesstokens.testing.time.RunningTime;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Tests the values of the metrics after known requests, and who can read the metrics. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MetricsIT {

  private static final String METRICS_READ = "access-tokens:metrics:read";
  private static final String VERIFICATIONS = "access_tokens_verifications_total";
  private static final String SIGN_INS = "access_tokens_sign_ins_total";
  private static final String REQUESTS = "http_server_requests_seconds_count";
  private static final String WAITS = "access_tokens_revocation_wait_seconds_count";
  private static final Duration SOON = Duration.ofSeconds(60);

  /** Maximum number of requests with an unknown token in a minute. */
  private static final int UNKNOWN_PER_MINUTE = 5;

  private final MariaDbServer server = MariaDbServer.create();
  private final int managementPort = RunningApplication.freePort();
  private final Random random = new Random(15);
  private final RunningTime time = RunningTime.start();
  private RunningApplication application;
  private Api management;
  private ServiceTokens tokens;

  @BeforeAll
  void start() throws Exception {
    server.start();
    TestDatabase database = server.newDatabase();
    application =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .withDatabase(database)
                .withEnvironment("ACCESSTOKENS_MANAGEMENT_PORT", String.valueOf(managementPort))
                .withEnvironment("ACCESSTOKENS_METRICS_ALLOWSCOPE", "true")
                .withEnvironment(
                    "ACCESSTOKENS_RATELIMITS_UNKNOWNTOKENSPERMINUTE",
                    String.valueOf(UNKNOWN_PER_MINUTE)));
    management = management(managementPort);
    tokens = new ServiceTokens(application.api().as("alice"));
  }

  @AfterAll
  void stop() {
    application.close();
    server.close();
  }

  private static Api management(int port) {
    return new Api(URI.create("http://127.0.0.1:" + port), new Exchanges());
  }

  private static String verifications(String source, String outcome, String reason) {
    return VERIFICATIONS
        + "{outcome=\""
        + outcome
        + "\",reason=\""
        + reason
        + "\",source=\""
        + source
        + "\"}";
  }

  private static String signIns(String outcome, String reason) {
    return SIGN_INS + "{method=\"password\",outcome=\"" + outcome + "\",reason=\"" + reason + "\"}";
  }

  private static String requests(String method, String status, String uri) {
    return REQUESTS + "{method=\"" + method + "\",status=\"" + status + "\",uri=\"" + uri + "\"}";
  }

  private Metrics metrics() {
    return Metrics.read(management);
  }

  private String unknownToken() {
    return RawTokenFormat.DEFAULT.create(RawToken.Kind.SERVICE, random).reveal();
  }

  @Test
  @Order(1)
  void seriesExistBeforeTheFirstEvent() {
    Metrics metrics = metrics();
    for (String source : List.of("bearer", "introspection", "exchange", "jwt")) {
      metrics
          .expect(0, verifications(source, "accepted", "none"))
          .expect(0, verifications(source, "unavailable", "none"));
      for (String reason : List.of("malformed", "unknown", "expired", "revoked", "owner_gone")) {
        metrics.expect(0, verifications(source, "refused", reason));
      }
    }
    metrics
        .expect(0, "access_tokens_verification_seconds_count")
        .expect(0, "access_tokens_verification_seconds_bucket{le=\"0.001\"}")
        .expect(0, WAITS)
        .expect(0, "cache_gets_total{cache=\"verdicts\",result=\"hit\"}")
        .expect(0, "cache_gets_total{cache=\"verdicts\",result=\"miss\"}")
        .expect(0, "cache_size{cache=\"verdicts\"}")
        .expect(0.5, "access_tokens_lease_length_seconds")
        .expect(0.525, "access_tokens_revocation_wait_limit_seconds")
        .expect(0, signIns("accepted", "none"))
        .expect(0, "access_tokens_denials_total{permission=\"access-tokens:service:read\"}")
        .expect(0, "access_tokens_rate_limited_total{limit=\"unknown_tokens\"}")
        .expect(0, "access_tokens_queue_entries{queue=\"uses\"}")
        .expect(0, "access_tokens_queue_age_seconds{queue=\"requests\"}")
        .expect(0, "access_tokens_queue_entries{queue=\"threads\"}")
        .expect(0, "access_tokens_queue_age_seconds{queue=\"threads\"}")
        .expect(0, "access_tokens_queue_entries{queue=\"revocations\"}")
        .expect(0, "access_tokens_tokens{kind=\"service\",status=\"active\"}")
        .expect(0, "access_tokens_tokens{kind=\"personal\",status=\"revoked\"}")
        .expect(0, "access_tokens_expiring{within=\"7d\"}")
        .expect(0, requests("GET", "200", WHOAMI))
        .expect(0, requests("POST", "201", PATH))
        .expect(Double.POSITIVE_INFINITY, "access_tokens_tls_certificate_expiry_timestamp_seconds");
    assertTrue(metrics.value("hikaricp_connections_max{pool=\"access-tokens\"}") == 10, "pool");
    assertTrue(metrics.value("process_uptime_seconds") > 0, "uptime");
    assertTrue(metrics.value("jvm_threads_live_threads") > 0, "threads");
    assertTrue(
        metrics.value("access_tokens_feed_poll_seconds_count{outcome=\"succeeded\"}") > 0, "polls");
    double failed = metrics.value("access_tokens_feed_poll_seconds_count{outcome=\"failed\"}");
    assertTrue(failed == 0 || time.wasStopped(), () -> failed + " polls failed");
    // On a busy machine, the lease can end between two polls.
    double lease =
        Awaitility.await()
            .atMost(SOON)
            .until(
                () -> metrics().value("access_tokens_lease_remaining_seconds"), left -> left > 0);
    assertTrue(lease <= 0.5, () -> "expected a lease of 0.5 s, saw " + lease);
  }

  @Test
  @Order(2)
  void eachVerificationIsCounted() {
    // After a stop of the machine, a verification can have the outcome "unavailable".
    TimeLimits.repeatAfterStop(this::countVerifications);
  }

  private void countVerifications() {
    Metrics before = metrics();
    TestToken token = tokens.create();
    Api bearer = application.api().bearer(token.rawToken());
    for (int i = 0; i < 3; i++) {
      bearer.get(WHOAMI).ok();
    }
    application.api().bearer("bsat_wrong").get(WHOAMI).problem(401);
    application.api().bearer(unknownToken()).get(WHOAMI).problem(401);
    String introspect = "/api/access-tokens/introspect";
    application.api().as("alice").form(introspect, "token=" + token.rawToken()).ok();
    assertEquals(403, bearer.form(introspect, "token=" + token.rawToken()).status());
    tokens.revoke(token.id());
    bearer.get(WHOAMI).problem(401);
    awaitWaits(before.value(WAITS) + 1);
    metrics()
        .since(before)
        .expect(4, verifications("bearer", "accepted", "none"))
        .expect(1, verifications("bearer", "refused", "malformed"))
        .expect(1, verifications("bearer", "refused", "unknown"))
        .expect(1, verifications("bearer", "refused", "revoked"))
        .expect(1, verifications("introspection", "accepted", "none"))
        .expect(0, verifications("introspection", "refused", "revoked"))
        .expect(7, "access_tokens_verification_seconds_count")
        .expect(7, "access_tokens_verification_seconds_bucket{le=\"+Inf\"}")
        .expect(4, "cache_gets_total{cache=\"verdicts\",result=\"hit\"}")
        .expect(3, "cache_gets_total{cache=\"verdicts\",result=\"miss\"}");
    // A request is counted after its response.
    Awaitility.await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                metrics()
                    .since(before)
                    .expect(3, requests("GET", "200", WHOAMI))
                    .expect(3, requests("GET", "401", WHOAMI))
                    .expect(1, requests("POST", "403", introspect))
                    .expect(1, requests("POST", "201", PATH))
                    .expect(1, requests("DELETE", "204", PATH + "/{id}")));
    Awaitility.await()
        .atMost(SOON)
        .until(() -> metrics().value("access_tokens_queue_entries{queue=\"uses\"}") == 0);
  }

  /** Waits for a counter that changes while the response to a revocation is sent. */
  private void awaitWaits(double count) {
    Awaitility.await().atMost(SOON).until(() -> metrics().value(WAITS) == count);
  }

  @Test
  @Order(3)
  void signInsDenialsAndLimitsAreCounted() {
    Api api = application.api();
    BrowserSession.signIn(api, "alice", "alice");
    for (int i = 0; i < 2; i++) {
      api.post(BrowserSession.PATH, BrowserSession.credentials("bob", "wrong")).problem(401);
    }
    api.as("dave").get(PATH).problem(403);
    int limited = 0;
    long start = System.nanoTime();
    for (int i = 0; i < 10; i++) {
      limited += api.bearer(unknownToken()).get(WHOAMI).status() == 429 ? 1 : 0;
    }
    long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds() + 1;
    long permitted = UNKNOWN_PER_MINUTE + seconds * UNKNOWN_PER_MINUTE / 60;
    assertTrue(
        limited >= 10 - permitted, limited + " of 10 requests in " + seconds + " s were limited");
    Api rare =
        api.bearer(tokens.create(TokenRequest.good().with("requestsPerMinute", "1")).rawToken());
    rare.get(WHOAMI).ok();
    rare.get(WHOAMI).problem(429);
    metrics()
        .expect(1, signIns("accepted", "none"))
        .expect(2, signIns("refused", "wrong_credentials"))
        .expect(1, "access_tokens_denials_total{permission=\"access-tokens:service:read\"}")
        .expect(limited, "access_tokens_rate_limited_total{limit=\"unknown_tokens\"}")
        .expect(1, "access_tokens_rate_limited_total{limit=\"token_requests\"}");
  }

  @Test
  @Order(4)
  void requestTextsAddNoSeries() {
    Api api = application.api();
    double counted = countedRequests();
    api.get("/api/nothing").problem(404);
    api.get("/nothing").expect(404);
    api.call("FOO", WHOAMI).send();
    api.as("alice").get(PATH + "/none").problem(404);
    tokens.create();
    // A request is counted after its response.
    Awaitility.await().atMost(SOON).until(() -> countedRequests() >= counted + 5);
    Set<String> before = metrics().series();
    for (int i = 0; i < 50; i++) {
      String text = Integer.toHexString(random.nextInt());
      api.get("/api/" + text).problem(404);
      api.get('/' + text).expect(404);
      api.call("FOO" + text.toUpperCase(Locale.ROOT), WHOAMI).send();
      api.as("alice").get(PATH + '/' + text).problem(404);
      tokens.create(TokenRequest.good().named("n" + text));
    }
    Awaitility.await("unknown paths")
        .atMost(SOON)
        .until(() -> metrics().value(requests("GET", "404", "unknown")) >= 102);
    Set<String> added = new TreeSet<>(metrics().series());
    added.removeAll(before);
    // A garbage collection with a new cause adds series, whatever the requests are.
    added.removeIf(series -> series.startsWith("jvm_gc_"));
    assertEquals(Set.of(), added, "added series");
  }

  private double countedRequests() {
    return metrics().values().entrySet().stream()
        .filter(series -> series.getKey().startsWith(REQUESTS))
        .filter(series -> !series.getKey().contains("uri=\"/metrics\""))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  @Test
  @Order(5)
  void onlyCallersWithThePermissionReadMetrics() {
    Api api = application.api();
    ApiResult anonymous = api.get(Metrics.PATH).problem(401);
    assertTrue(anonymous.headerLine("WWW-Authenticate").contains("Bearer"), "challenge");
    // Credentials are checked before a malformed header is reported.
    api.call("GET", Metrics.PATH).header("Content-Type", "x").send().problem(401);
    api.bearer(unknownToken()).get(Metrics.PATH).expectOneOf(401, 429);
    api.as("carol").get(Metrics.PATH).problem(403);
    Metrics.read(api.as("alice"));
    Metrics.read(api.as("bob"));
    BrowserSession.signIn(api, "bob", "bob").get(Metrics.PATH).expect(200);
    assertEquals(404, api.as("alice").get("/api/access-tokens/metrics").status(), "inner path");
    api.as("alice").post(Metrics.PATH, "{}").problem(405);

    TestToken scraper = tokens.create(TokenRequest.good().scopes(METRICS_READ));
    Metrics.read(api.bearer(scraper.rawToken()));
    api.bearer(scraper.rawToken()).get(PATH).problem(403);
    api.bearer(tokens.create().rawToken()).get(Metrics.PATH).problem(403);
    new ServiceTokens(api.as("carol"))
        .tryCreate(TokenRequest.good().scopes(METRICS_READ))
        .problem(403);
  }

  @Test
  @Order(6)
  void acceptSelectsTheFormat() {
    ApiResult text = management.get(Metrics.PATH).expect(200);
    assertEquals("text/plain;version=0.0.4;charset=utf-8", text.headerLine("Content-Type"));
    assertEquals("no-store", text.headerLine("Cache-Control"));
    for (Api api : List.of(management, application.api().as("bob"))) {
      ApiResult open =
          api.call("GET", Metrics.PATH)
              .header("Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
              .send()
              .expect(200);
      assertEquals(
          "application/openmetrics-text;version=1.0.0;charset=utf-8",
          open.headerLine("Content-Type"));
      assertTrue(open.text().endsWith("# EOF\n"), "the end of OpenMetrics");
    }
  }

  @Test
  @Order(7)
  void managementPortServesOnlyMonitoring() {
    management.get("/health/live").ok();
    management.get("/health/ready").ok();
    for (String path :
        List.of(
            WHOAMI, "/", "/admin/access-tokens", "/api/openapi.json", "/health", "/metrics/x")) {
      assertEquals(404, management.as("alice").get(path).status(), path);
    }
  }

  @Test
  @Order(8)
  void metricsAnswerWhileTheDatabaseIsDown() {
    TestToken token = tokens.create();
    Api bearer = application.api().bearer(token.rawToken());
    bearer.get(WHOAMI).ok();
    server.stop();
    Awaitility.await().atMost(SOON).until(() -> bearer.get(WHOAMI).status() == 503);
    Metrics metrics = metrics();
    assertTrue(metrics.value(verifications("bearer", "unavailable", "none")) >= 1, "unavailable");
    metrics.expect(0, "access_tokens_lease_remaining_seconds");
    // A failed read is counted after the requests that waited for it have a response.
    String failed = "access_tokens_feed_poll_seconds_count{outcome=\"failed\"}";
    Awaitility.await().atMost(SOON).until(() -> metrics().value(failed) > 0);
    Metrics.read(application.api().as("bob"));
    server.start();
    Awaitility.await().atMost(SOON).until(() -> bearer.get(WHOAMI).status() == 200);
  }

  @Test
  @Order(9)
  void tokensAreCountedAtStart() throws Exception {
    int total = tokens.list("limit=0").getInt("total");
    application.close();
    application = application.restart();
    // 1 token was revoked, and new tokens expire after a year.
    metrics()
        .expect(total - 1.0, "access_tokens_tokens{kind=\"service\",status=\"active\"}")
        .expect(1, "access_tokens_tokens{kind=\"service\",status=\"revoked\"}")
        .expect(0, "access_tokens_tokens{kind=\"service\",status=\"expired\"}")
        .expect(0, "access_tokens_expiring{within=\"30d\"}");
  }

  @Test
  @Order(10)
  void waitsOfRevocationsAreMeasured() {
    // On a busy machine, the first measurement can begin late.
    TimeLimits.succeedsAfter(Duration.ZERO, "a measured wait", () -> measuredWait() > 0.4);
  }

  /** Revokes a token, and returns the measured wait in seconds. */
  private double measuredWait() {
    String sum = "access_tokens_revocation_wait_seconds_sum";
    ServiceTokens restarted = new ServiceTokens(application.api().as("alice"));
    TestToken token = restarted.create();
    Metrics before = metrics();
    long start = System.nanoTime();
    restarted.revoke(token.id());
    awaitWaits(before.value(WAITS) + 1);
    double took = (System.nanoTime() - start) / 1e9;
    double wait = metrics().value(sum) - before.value(sum);
    assertTrue(wait < took, () -> "a wait of " + wait + " s in " + took + " s");
    return wait;
  }

  /** Each file has errors for a time, while the application runs. */
  @Test
  void changedFileThatCannotBeUsedIsReported() throws Exception {
    int port = RunningApplication.freePort();
    WarProcess call = WarProcess.inNewFolder();
    Certificate certificate = Certificate.selfSigned(call.folder());
    Map<String, Path> files =
        Map.of(
            "accessTokens.login.usersFile",
            call.file(
                "people.yaml",
                """
                people:
                  - username: erin
                    userEntityRef: user:default/erin
                    password: %s
                """
                    .formatted(PasswordHash.create("secret".toCharArray()).text())),
            "accessTokens.directory.groupsFile",
            call.file("groups.yaml", Files.readString(Path.of("config/groups.yaml"))),
            "accessTokens.personal.encryptionKeyFile",
            call.file("key", Base64.getEncoder().encodeToString(new byte[32])),
            "accessTokens.tls",
            certificate.certificateFile(),
            "accessTokens.login.ldap.caFile",
            call.file("ca.pem", Files.readString(certificate.certificateFile())));
    WarProcess changing =
        call.with("--in-memory")
            .with("--tls-certificate", certificate.certificateFile().toString())
            .with("--tls-key", certificate.keyFile().toString())
            .withEnvironment("ACCESSTOKENS_MANAGEMENT_PORT", String.valueOf(port))
            .withEnvironment(
                "ACCESSTOKENS_LOGIN_USERSFILE", "" + call.folder().resolve("people.yaml"))
            .withEnvironment(
                "ACCESSTOKENS_DIRECTORY_GROUPSFILE", "" + call.folder().resolve("groups.yaml"))
            .withEnvironment(
                "ACCESSTOKENS_PERSONAL_ENCRYPTIONKEY_FILE", "" + call.folder().resolve("key"))
            .withEnvironment("ACCESSTOKENS_LOGIN_LDAP_URL", "ldaps://127.0.0.1:1")
            .withEnvironment("ACCESSTOKENS_LOGIN_LDAP_USERBASE", "ou=people,dc=example,dc=com")
            .withEnvironment(
                "ACCESSTOKENS_LOGIN_LDAP_CAFILE", "" + call.folder().resolve("ca.pem"));
    HttpClient client = HttpClient.newBuilder().sslContext(certificate.trusting()).build();
    try (RunningApplication application = RunningApplication.startTls(changing, client)) {
      assertTrue(application.isAlive(), "running");
      for (Map.Entry<String, Path> file : files.entrySet()) {
        String unusable = "access_tokens_file_unusable{setting=\"" + file.getKey() + "\"}";
        String text = Files.readString(file.getValue());
        Metrics.read(management(port)).expect(0, unusable);
        Files.writeString(file.getValue(), "people: [\nbroken");
        Awaitility.await(unusable)
            .atMost(SOON)
            .until(() -> Metrics.read(management(port)).value(unusable) == 1);
        Files.writeString(file.getValue(), text);
        Awaitility.await(unusable)
            .atMost(SOON)
            .until(() -> Metrics.read(management(port)).value(unusable) == 0);
      }
    }
  }

  @Test
  void allowedAddressNeedsNoCredential() throws Exception {
    WarProcess call =
        WarProcess.inNewFolder()
            .with("--in-memory")
            .withConfig(
                "accessTokens:\n"
                    + "  trustedProxies: [127.0.0.1]\n"
                    + "  metrics:\n"
                    + "    allowedAddresses: [203.0.113.0/24]\n");
    try (RunningApplication behindProxy = RunningApplication.start(call)) {
      assertEquals(200, forwarded(behindProxy, "203.0.113.7").status(), "an allowed address");
      forwarded(behindProxy, "198.51.100.1").problem(401);
      // A client behind the proxy cannot choose its address: the last element counts.
      forwarded(behindProxy, "203.0.113.7, 198.51.100.1").problem(401);
      behindProxy.api().get(Metrics.PATH).problem(401);
    }
  }

  /** The address of a proxy that is not trusted is allowed. The client may be any client. */
  @Test
  void forgottenProxyNeedsACredential() throws Exception {
    WarProcess call =
        WarProcess.inNewFolder()
            .with("--in-memory")
            .withConfig("accessTokens:\n  metrics:\n    allowedAddresses: [127.0.0.1]\n");
    try (RunningApplication application = RunningApplication.start(call)) {
      assertEquals(200, application.api().get(Metrics.PATH).status(), "without a proxy");
      forwarded(application, "203.0.113.7").problem(401);
      application
          .api()
          .call("GET", Metrics.PATH)
          .header("Forwarded", "for=203.0.113.7")
          .send()
          .problem(401);
    }
  }

  private static ApiResult forwarded(RunningApplication application, String client) {
    return application.api().call("GET", Metrics.PATH).header("X-Forwarded-For", client).send();
  }

  @Test
  void disabledMetricsAre404() throws Exception {
    int port = RunningApplication.freePort();
    WarProcess call =
        WarProcess.inNewFolder()
            .with("--in-memory")
            .withEnvironment("ACCESSTOKENS_METRICS_ENABLED", "false")
            .withEnvironment("ACCESSTOKENS_MANAGEMENT_PORT", String.valueOf(port));
    try (RunningApplication without = RunningApplication.start(call)) {
      without.api().as("alice").get(Metrics.PATH).problem(404);
      management(port).get(Metrics.PATH).problem(404);
      management(port).get("/health/ready").ok();
      String ready =
          "Health checks without credentials: http://127.0.0.1:" + port + "/health/ready";
      // The line is written after the application is ready.
      Awaitility.await().until(() -> without.log().contains(ready));
    }
  }
}
