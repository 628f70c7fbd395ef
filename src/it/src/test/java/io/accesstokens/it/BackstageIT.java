package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.backstage.BackstageServer;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.ShortLivedTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Tests the token handler for Backstage with two backends of Backstage, which deny everything to
 * users. The settings are those of the documents.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BackstageIT {

  private static final String ENTITIES = "/api/catalog/entities?limit=1";
  private static final String LOCATIONS = "/api/catalog/locations";
  private static final String PERMISSIONS = "/api/permission/authorize";
  private static final String TYPE = "- type: access-tokens";
  private static final String KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
  private static final int LAST = Integer.MAX_VALUE;
  private static final int REVOCATIONS = 16;
  private static final int THREADS = 8;
  private static final int WARM = 10;

  /** Backstage waits three seconds for the changes, and five seconds for an introspection. */
  private static final Duration BOUND = Duration.ofSeconds(15);

  private static final Duration AVAILABLE = Duration.ofMinutes(1);

  private final List<BackstageServer> backends = new ArrayList<>();

  /** A backend that starts beside the others, and must refuse to start. */
  private BackstageServer refused;

  private final ExecutorService revokers = Executors.newFixedThreadPool(THREADS);
  private final ExecutorService users = Executors.newFixedThreadPool(THREADS);
  private RunningApplication service;
  private ServiceTokens alice;
  private TestDatabase database;
  private String externalAccess;
  private String ownToken;

  @BeforeAll
  void start() throws Exception {
    Future<?> installed =
        users.submit(
            () -> {
              BackstageServer.install();
              return null;
            });
    TestDatabase own = PostgresServer.shared().newDatabase();
    service =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .inSeparateProcess()
                .withDatabase(own)
                .withEnvironment("ACCESSTOKENS_CLUSTER_REPLICAS", "many")
                .withEnvironment("ACCESSTOKENS_PUBLICURL", "https://tokens.example.com")
                .withEnvironment("ACCESSTOKENS_PERSONAL_ENCRYPTIONKEY", KEY)
                .withConfig(
                    block("backstage.md", "accessTokens:\n  service:\n    allowIntro")
                        + block("personal-tokens.md", "accessTokens:\n  personal:\n    audience:")
                            .replace("accessTokens:\n", "")));
    alice = new ServiceTokens(service.api().as("alice"));
    ownToken = alice.create(good().scopes("access-tokens:introspect")).rawToken();
    String jwks =
        block("personal-tokens.md", "backend:\n  auth:\n    externalAccess:\n      - type: jwks");
    externalAccess =
        (block("backstage.md", "backend:\n  auth:\n    externalAccess:\n      " + TYPE)
                + jwks.substring(jwks.indexOf("      - type: jwks")))
            .replace("url: https://tokens.example.com", "url: http://127.0.0.1:" + service.port());
    database = PostgresServer.shared().newDatabase();
    installed.get();
    backends.add(BackstageServer.start(database, externalAccess, variables()));
    String unlimited =
        externalAccess.substring(0, externalAccess.indexOf("        accessRestrictions:"));
    refused = BackstageServer.launch(database, unlimited, variables());
    backends.add(BackstageServer.start(database, externalAccess, variables()));
  }

  @AfterAll
  void close() {
    revokers.shutdownNow();
    users.shutdownNow();
    backends.forEach(BackstageServer::close);
    service.close();
    refused.close(); // null if the setup failed before
  }

  private Map<String, String> variables() {
    return Map.of("ACCESS_TOKENS_TOKEN", ownToken);
  }

  /** Returns the YAML block of a document that starts with a text, without its indentation. */
  private static String block(String document, String start) throws Exception {
    Matcher blocks =
        Pattern.compile("^( *)```yaml\n(.*?)\n\\1```", Pattern.DOTALL | Pattern.MULTILINE)
            .matcher(Files.readString(Path.of("src/docs", document)));
    while (blocks.find()) {
      String yaml = blocks.group(2).stripIndent() + '\n';
      if (yaml.startsWith(start)) {
        return yaml;
      }
    }
    throw new AssertionError(document + " has no block that starts with " + start);
  }

  private Api with(String token) {
    return backends.get(0).api().bearer(token);
  }

  private static ApiResult addLocation(Api backstage) {
    return backstage.post(
        LOCATIONS,
        "{\"type\":\"url\",\"target\":\"https://example.com/"
            + System.nanoTime()
            + "/catalog-info.yaml\"}");
  }

  private static ApiResult deleteLocation(Api backstage, String id) {
    return sendUntilAvailable(() -> backstage.call("DELETE", LOCATIONS + '/' + id).send());
  }

  @Test
  void tokenHasTheRightsOfItsEntry() {
    Api reader = with(alice.create(good().scopes("catalog:read")).rawToken());
    Api writer = with(alice.create(good().scopes("catalog:read", "catalog:write")).rawToken());
    sendUntilAvailable(() -> reader.get(ENTITIES)).expect(200);
    sendUntilAvailable(() -> addLocation(reader)).expect(403);
    sendUntilAvailable(() -> reader.post(PERMISSIONS, "{\"items\":[]}")).expect(403);
    String location =
        sendUntilAvailable(() -> addLocation(writer))
            .expect(201)
            .json()
            .getJsonObject("location")
            .getString("id");
    sendUntilAvailable(() -> writer.get(ENTITIES)).expect(200);
    deleteLocation(reader, location).expect(403);
    sendUntilAvailable(
            () -> writer.call("DELETE", "/api/catalog/entities/by-uid/" + location).send())
        .expect(403);
    deleteLocation(writer, location).expect(204);
    sendUntilAvailable(() -> writer.post(PERMISSIONS, "{\"items\":[]}")).expect(403);
  }

  @Test
  void tokenWithoutTheScopeIsRefused() {
    Api other = with(alice.create(good().scopes("techdocs:read")).rawToken());
    sendUntilAvailable(() -> other.get(ENTITIES)).expect(403);
    sendUntilAvailable(() -> with(ownToken).get(ENTITIES)).expect(403);
  }

  @Test
  void tokenThatIsNotValidIsRefused() {
    TestToken token = alice.create();
    String raw = token.rawToken();
    sendUntilAvailable(() -> with("bsat_junk").get(ENTITIES)).expect(401);
    sendUntilAvailable(() -> with(raw.substring(0, raw.length() - 1)).get(ENTITIES)).expect(401);
    sendUntilAvailable(() -> with(raw.toUpperCase(Locale.ROOT)).get(ENTITIES)).expect(401);
    alice.revoke(token.id());
    sendUntilAvailable(() -> with(raw).get(ENTITIES)).expect(401);
    TestToken expiring =
        alice.createExpiring(
            good(),
            made -> sendUntilAvailable(() -> with(made.rawToken()).get(ENTITIES)).status() == 200);
    expiring.awaitExpiry();
    sendUntilAvailable(() -> with(expiring.rawToken()).get(ENTITIES)).expect(401);
  }

  @Test
  void tokenWithLimitsIsRefused() {
    TestToken addresses = alice.create(good().with("allowedAddresses", "[\"127.0.0.1\"]"));
    sendUntilAvailable(() -> with(addresses.rawToken()).get(ENTITIES)).expect(401);
    TestToken rate = alice.create(good().with("requestsPerMinute", "1000"));
    sendUntilAvailable(() -> with(rate.rawToken()).get(ENTITIES)).expect(401);
  }

  /** The user has no rights in the service, and Backstage's policy denies everything to users. */
  @Test
  void userWithoutRightsGainsNone() {
    Api dave = service.api().as("dave");
    String personal = new PersonalTokens(dave).create("catalog:read").rawToken();
    sendUntilAvailable(() -> with(personal).get(ENTITIES)).expect(401);
    assertEquals(
        "invalid_scope",
        ShortLivedTokens.tryExchange(dave, personal).expect(400).json().getString("error"));
    new ServiceTokens(dave).tryCreate(good().scopes("catalog:write")).expect(403);
  }

  /** The user may create tokens with this scope for a group, and so has the rights of the entry. */
  @Test
  void jwtOfAPersonalTokenHasTheRightsOfItsEntryOnly() {
    Api carol = service.api().as("carol");
    String raw = new PersonalTokens(carol).create("catalog:read", "catalog:write").rawToken();
    sendUntilAvailable(() -> with(raw).get(ENTITIES)).expect(401);
    Api jwt = with(ShortLivedTokens.exchange(carol, raw));
    sendUntilAvailable(() -> jwt.get(ENTITIES)).expect(200);
    sendUntilAvailable(() -> addLocation(jwt)).expect(403);
    new ServiceTokens(carol).tryCreate(good().of("group:default/payments")).expect(403);
  }

  @Test
  void narrowedScopesAndEndedSecretsAreFinal() {
    TestToken narrowed = alice.create(good().scopes("catalog:read", "techdocs:read"));
    TestToken rotated = alice.create();
    assertAccepted(narrowed);
    assertAccepted(rotated);
    alice.update(narrowed.id(), "{\"scopes\":[\"techdocs:read\"]}");
    assertStatus(403, narrowed);
    TestToken after = alice.rotate(rotated.id(), "{\"gracePeriodSeconds\":0}");
    assertStatus(401, rotated);
    assertAccepted(after);
  }

  private void assertAccepted(TestToken token) {
    for (int i = 0; i < WARM; i++) {
      assertStatus(200, token);
    }
  }

  /**
   * Returns the response to a request. On an overloaded machine, a backend can lose its lease and
   * respond with 503. The request is then repeated.
   */
  private static ApiResult sendUntilAvailable(Supplier<ApiResult> request) {
    return Awaitility.await()
        .atMost(AVAILABLE)
        .pollDelay(Duration.ZERO)
        .until(request::get, result -> result.status() != 503);
  }

  /** Asserts the status of the next request to each backend. */
  private void assertStatus(int expected, TestToken token) {
    for (BackstageServer backend : backends) {
      Api api = backend.api().bearer(token.rawToken());
      int status = sendUntilAvailable(() -> api.get(ENTITIES)).status();
      assertEquals(expected, status);
    }
  }

  @Test
  void revokedTokenIsRefusedInTheNextRequest() throws Exception {
    List<Callable<String>> revocations = Collections.nCopies(REVOCATIONS, this::revokeWhileInUse);
    for (Future<String> problem : revokers.invokeAll(revocations)) {
      assertEquals("", problem.get());
    }
  }

  /** Uses a token at both backends and revokes it. Returns what went wrong, or an empty text. */
  private String revokeWhileInUse() throws Exception {
    TestToken token = alice.create();
    assertAccepted(token);
    AtomicBoolean stop = new AtomicBoolean();
    Future<List<Use>> uses = users.submit(() -> use(token, stop));
    alice.revoke(token.id());
    long answered = System.nanoTime();
    assertStatus(401, token);
    stop.set(true);
    long accepted = 0;
    for (Use use : uses.get()) {
      if (use.status() == 200) {
        accepted++;
      }
      if (use.status() == 200 && use.begun() > answered) {
        return use + ", revoked at " + answered;
      }
    }
    // The backends introspect a token once, and not at each use.
    long introspections = accepted(token);
    return introspections < WARM
        ? ""
        : introspections + " introspections for " + (accepted + 2 * WARM) + " uses";
  }

  private long accepted(TestToken token) {
    return service
        .api()
        .as("alice")
        .get(ServiceTokens.path(token.id()) + "/usage")
        .ok()
        .getJsonObject("accepted")
        .getInt("count");
  }

  /** A request with a token: its start, and the status of the response. */
  private record Use(long begun, int status) {}

  private List<Use> use(TestToken token, AtomicBoolean stop) {
    List<Use> uses = new ArrayList<>();
    while (!stop.get()) {
      for (BackstageServer backend : backends) {
        long begun = System.nanoTime();
        uses.add(new Use(begun, backend.api().bearer(token.rawToken()).get(ENTITIES).status()));
      }
    }
    return uses;
  }

  @Test
  @Order(LAST - 1)
  void frozenOrKilledServiceMeansNoAccess() throws Exception {
    TestToken warm = alice.create();
    TestToken cold = alice.create();
    assertAccepted(warm);
    service.pause();
    assertNoAccess(warm, cold);
    service.resume();
    assertStatus(200, warm);
    assertStatus(200, cold);

    service.kill();
    assertNoAccess(warm, cold);
    service = service.restartOnSamePort();
    alice = new ServiceTokens(service.api().as("alice"));
    assertStatus(200, warm);
    alice.revoke(warm.id());
    assertStatus(401, warm);
  }

  /** Asserts that both backends refuse tokens with 503 when the lease has ended. */
  private void assertNoAccess(TestToken... tokens) {
    backends.parallelStream().forEach(backend -> assertNoAccess(backend, tokens));
  }

  private static void assertNoAccess(BackstageServer backend, TestToken... tokens) {
    Api warm = backend.api().bearer(tokens[0].rawToken());
    TimeLimits.succeedsAfter(BOUND, "access has ended", () -> timed(warm).status() != 200);
    for (TestToken token : tokens) {
      assertEquals(503, timed(backend.api().bearer(token.rawToken())).status());
    }
    backend.api().bearer("bsat_junk").get(ENTITIES).expect(401);
  }

  private static ApiResult timed(Api backstage) {
    return TimeLimits.within(BOUND, () -> backstage.get(ENTITIES));
  }

  @Test
  @Order(LAST)
  void entryWithoutRestrictionsStopsTheStart() throws Exception {
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .until(() -> refused.log().contains("externalAccess[0] needs accessRestrictions"));
    for (BackstageServer backend : backends) {
      assertFalse(backend.log().contains("bsat_"), "the log contains a token");
    }
  }
}
