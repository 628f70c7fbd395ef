package io.accesstokens.it.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TcpProxy;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests the example for Spring Boot, with one version of Spring Boot, in a process of its own. It
 * reaches the service through a proxy, which simulates outages.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SpringBootContract {

  private static final Path PROJECT = Path.of("src/examples/spring-boot");
  private static final String CATALOG = "/catalog";
  private static final String CALLER = "/catalog/caller";
  private static final String HEALTH = "/actuator/health";
  private static final Pattern TOKEN_IN_ENVIRONMENT =
      Pattern.compile("\"ACCESSTOKENS_TOKEN\":\\{[^}]*\"value\":\"\\*{6}\"");

  /** The connection timeout, the timeout of one poll, and time for a slow machine. */
  private static final Duration BOUND = Duration.ofSeconds(8);

  private static final int REVOCATIONS = 20;

  private RunningApplication service;
  private TcpProxy proxy;
  private RunningApplication application;
  private ServiceTokens tokens;
  private String own;

  abstract String version();

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    MavenProject project =
        MavenProject.copy(PROJECT, folder, "verify", "auth", "spring")
            .change("<version>3.5.7</version>", "<version>" + version() + "</version>");
    project.build();
    TestDatabase database = MariaDbServer.shared().newDatabase();
    service =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .withDatabase(database)
                .withEnvironment("ACCESSTOKENS_CLUSTER_REPLICAS", "single")
                .withEnvironment("ACCESSTOKENS_SERVICE_ALLOWINTROSPECTION", "true"));
    tokens = new ServiceTokens(service.api().as("alice"));
    own = tokens.create(TokenRequest.good().scopes("access-tokens:introspect")).rawToken();
    proxy = TcpProxy.to(service.port());
    application =
        RunningApplication.startServer(
            new JarDeployment(
                project.folder(),
                Path.of("target/catalog-1.jar"),
                Map.of(
                    "ACCESSTOKENS_URL",
                    "http://127.0.0.1:" + proxy.port(),
                    "ACCESSTOKENS_TOKEN",
                    own),
                "--server.port=",
                List.of(
                    "--server.address=127.0.0.1",
                    "--server.forward-headers-strategy=native",
                    "--management.endpoints.web.exposure.include=health,metrics,env,configprops",
                    "--management.endpoint.health.show-details=always",
                    "--management.endpoint.env.show-values=always",
                    "--management.endpoint.configprops.show-values=always")),
            CATALOG);
  }

  @AfterAll
  void stop() throws IOException {
    application.close();
    proxy.close();
    service.close();
  }

  private ApiResult get(TestToken token, String path) {
    return application.api().bearer(token.rawToken()).get(path);
  }

  @Test
  void scopesDecide() {
    TestToken reader = tokens.create();
    JsonObject caller = get(reader, CALLER).ok();
    assertEquals(reader.id(), caller.getString("tokenId"));
    assertEquals(
        "service-token:group:default/platform:" + reader.name(), caller.getString("subject"));
    assertFalse(caller.getBoolean("personal"), caller::toString);
    assertEquals("[\"catalog:read\"]", caller.getJsonArray("scopes").toString());
    Api api = application.api();
    assertEquals(
        Optional.of(
            "Bearer realm=\"access-tokens\", error=\"insufficient_scope\","
                + " scope=\"catalog:write\""),
        put(api.bearer(reader.rawToken())).expect(403).header("WWW-Authenticate"));
    TestToken writer = tokens.create(TokenRequest.good().scopes("catalog:write"));
    put(api.bearer(writer.rawToken())).expect(200);
    get(writer, CATALOG).expect(403);
    assertEquals(
        Optional.of("Bearer realm=\"access-tokens\""),
        api.get(CATALOG).expect(401).header("WWW-Authenticate"));
    ApiResult anonymous = put(api).expect(401);
    assertEquals(
        Optional.of("Bearer realm=\"access-tokens\""), anonymous.header("WWW-Authenticate"));
    assertEquals(List.of(), anonymous.headers("Set-Cookie"));
    assertEquals(
        Optional.of("Bearer realm=\"access-tokens\", error=\"invalid_token\""),
        api.bearer(IntrospectionService.unknownToken())
            .get(CATALOG)
            .expect(401)
            .header("WWW-Authenticate"));
    TestToken personal = new PersonalTokens(service.api().as("dave")).create();
    JsonObject dave =
        application.api().bearer(personal.rawToken()).get("/actuator").expect(200).json();
    assertTrue(dave.containsKey("_links"), dave::toString);
  }

  @Test
  void errorBeforeTheVerificationKeepsItsStatus() {
    get(tokens.create(), CATALOG + ";a=b").expect(400);
  }

  private static ApiResult put(Api api) {
    return api.call("PUT", "/catalog/site").header("Content-Type", "text/plain").body("d").send();
  }

  @Test
  void revokedTokenIsRefusedByTheNextRequest() {
    TestToken observer = tokens.create();
    for (int i = 0; i < REVOCATIONS; i++) {
      TestToken token = tokens.create();
      get(token, CATALOG).expect(200);
      double introspected = introspections(observer);
      get(token, CATALOG).expect(200);
      get(token, CATALOG).expect(200);
      assertEquals(introspected, introspections(observer), "the cache is not used");
      tokens.revoke(token.id());
      get(token, CATALOG).expect(401);
    }
  }

  private double introspections(TestToken observer) {
    return metric(observer, "access.tokens.introspections?tag=outcome:answered");
  }

  private double metric(TestToken observer, String name) {
    return get(observer, "/actuator/metrics/" + name)
        .expect(200)
        .json()
        .getJsonArray("measurements")
        .getJsonObject(0)
        .getJsonNumber("value")
        .doubleValue();
  }

  @Test
  void outageIs503UntilTheServiceIsBack() {
    TestToken token = tokens.create();
    get(token, CATALOG).expect(200);
    for (Runnable outage : List.<Runnable>of(proxy::cut, proxy::stall)) {
      outage.run();
      try {
        Awaitility.await().until(() -> get(token, CATALOG).status() != 200);
        ApiResult answer = TimeLimits.within(BOUND, () -> get(token, CATALOG).expect(503));
        assertEquals(Optional.of("1"), answer.header("Retry-After"));
        assertEquals("{\"error\":\"temporarily_unavailable\"}", answer.text());
        JsonObject health = application.api().get(HEALTH).expect(503).json();
        assertComponent("DOWN", false, health);
      } finally {
        proxy.restore();
      }
      Awaitility.await().until(() -> get(token, CATALOG).status() == 200);
    }
    awaitHealthy();
    double unavailable = metric(token, "access.tokens.verifications?tag=outcome:unavailable");
    assertTrue(unavailable >= 2, () -> unavailable + " outages were counted");
  }

  private void awaitHealthy() {
    ApiResult health =
        Awaitility.await()
            .until(() -> application.api().get(HEALTH), answer -> answer.status() == 200);
    assertComponent("UP", true, health.json());
  }

  /** Asserts the state of the verifier, and that nothing else is shown. */
  private static void assertComponent(String status, boolean cache, JsonObject health) {
    assertEquals(
        Json.createObjectBuilder()
            .add("status", status)
            .add("details", Json.createObjectBuilder().add("cache", cache))
            .build(),
        health.getJsonObject("components").getJsonObject("accessTokens"));
  }

  @Test
  void metricsAreUnderTheNamesOfTheService() {
    TestToken token = tokens.create();
    double accepted = metric(token, "access.tokens.verifications?tag=outcome:accepted");
    get(token, CATALOG).expect(200);
    assertEquals(accepted + 2, metric(token, "access.tokens.verifications?tag=outcome:accepted"));
    awaitHealthy();
    assertTrue(metric(token, "access.tokens.feed.poll?tag=outcome:succeeded") > 0, "no poll");
    assertTrue(metric(token, "access.tokens.lease.remaining") >= 0, "no lease");
  }

  @Test
  void limitsOfATokenAreEnforced() {
    TestToken token =
        tokens.create(TokenRequest.good().with("allowedAddresses", "[\"192.0.2.7\"]"));
    get(token, CATALOG).expect(401);
    assertEquals(200, from("192.0.2.7", token).status());
    assertEquals(401, from("192.0.2.7, 192.0.2.8", token).status());
    TestToken rare = tokens.create(TokenRequest.good().with("requestsPerMinute", "1"));
    get(rare, CATALOG).expect(200);
    assertEquals(
        Optional.of("\"token\";q=1;w=60"),
        get(rare, CATALOG).expect(429).header("RateLimit-Policy"));
  }

  private ApiResult from(String forwardedFor, TestToken token) {
    return application
        .api()
        .bearer(token.rawToken())
        .call("GET", CATALOG)
        .header("X-Forwarded-For", forwardedFor)
        .send();
  }

  @Test
  void ownTokenIsNotShown() throws IOException {
    TestToken token = tokens.create();
    String env = get(token, "/actuator/env").expect(200).text();
    assertFalse(env.contains(own), "the token is in /actuator/env");
    assertTrue(TOKEN_IN_ENVIRONMENT.matcher(env).find(), env);
    String properties = get(token, "/actuator/configprops").expect(200).text();
    assertFalse(properties.contains(own), "the token is in /actuator/configprops");
    assertTrue(properties.contains("access-tokens"), "the properties are not shown");
    String log = application.log();
    assertFalse(log.contains(own), "the token is in the log");
    assertFalse(log.contains("generated security password"), "there is a default user");
    assertTrue(log.contains("v" + version()), "another version of Spring Boot runs");
  }
}
