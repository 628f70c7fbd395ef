package io.accesstokens.it.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TcpProxy;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.client.TokenRequest;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.WarProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the examples for Jersey, Quarkus and Micronaut, each in a process of its own. */
class FrameworksIT {

  private static final String CATALOG = "/catalog";
  private static final String TITLE = "/catalog/title";
  private static final String PLAIN = "Bearer realm=\"access-tokens\"";
  private static final int REVOCATIONS = 5;
  private static final int REQUESTS = 2;

  /** The service of all examples, on a database with a change feed. */
  private static RunningApplication service;

  private static ServiceTokens tokens;

  @BeforeAll
  static void start() throws Exception {
    TestDatabase database = MariaDbServer.shared().newDatabase();
    service =
        RunningApplication.start(
            WarProcess.inNewFolder()
                .withDatabase(database)
                .withEnvironment("ACCESSTOKENS_CLUSTER_REPLICAS", "single")
                .withEnvironment("ACCESSTOKENS_SERVICE_ALLOWINTROSPECTION", "true"));
    tokens = new ServiceTokens(service.api().as("alice"));
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @Test
  void jerseyExampleAcceptsTokensUntilTheirRevocation(@TempDir Path folder) throws Exception {
    String jar = "target/catalog-1.jar";
    run(
        "jersey",
        jar,
        "",
        folder,
        (project, api, proxy) -> {
          verifies(api);
          failsClosed(api, proxy, CATALOG);
          String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
          MavenProject.Ended ended = project.run(180, Map.of(), java, "-jar", jar, "0");
          assertEquals(1, ended.exitCode(), ended.output());
          assertEquals("The environment variable TOKENS_URL is not set.", ended.output().strip());
        });
  }

  @Test
  void quarkusExampleAcceptsTokensUntilTheirRevocation(@TempDir Path folder) throws Exception {
    run(
        "quarkus",
        "target/quarkus-app/quarkus-run.jar",
        "-Dquarkus.http.port=",
        folder,
        (project, api, proxy) -> {
          verifies(api);
          failsClosed(api, proxy, CATALOG);
        });
  }

  @Test
  void quarkusRestExampleEnforcesLimitsAndFailsClosedOnOpenMethods(@TempDir Path folder)
      throws Exception {
    run(
        "quarkus-rest",
        "target/quarkus-app/quarkus-run.jar",
        "-Dquarkus.http.port=",
        folder,
        FrameworksIT::verifiesOnOpenRoutesToo);
  }

  @Test
  void micronautExampleEnforcesLimitsAndFailsClosedOnOpenRoutes(@TempDir Path folder)
      throws Exception {
    run(
        "micronaut",
        "target/catalog-1.jar",
        "-Dmicronaut.server.port=",
        folder,
        FrameworksIT::verifiesOnOpenRoutesToo);
  }

  private static void verifiesOnOpenRoutesToo(MavenProject project, Api api, TcpProxy proxy) {
    verifies(api);
    enforcesLimits(api);
    assertEquals("Catalog", api.anonymous().get(TITLE).expect(200).text());
    api.bearer(IntrospectionService.unknownToken()).get(TITLE).expect(401);
    api.bearer("no-raw-token").get(TITLE).expect(401);
    // Only a bearer credential can be an invalid token (RFC 6750, section 3.1).
    assertEquals(PLAIN, challenge(api.anonymous()));
    assertEquals(PLAIN, challenge(api.basic("alice", "alice")));
    assertEquals(PLAIN + ", error=\"invalid_token\"", challenge(api.bearer("no-raw-token")));
    failsClosed(api, proxy, TITLE);
    failsClosed(api, proxy, CATALOG);
  }

  private static String challenge(Api api) {
    return api.get(CATALOG).expect(401).headerLine("WWW-Authenticate");
  }

  /** The checks of one example. */
  private interface Checks {

    /**
     * Checks the example.
     *
     * @param project the folder of the example
     * @param proxy the proxy between the example and the service
     */
    void check(MavenProject project, Api api, TcpProxy proxy) throws Exception;
  }

  private static void run(String example, String jar, String portOption, Path folder, Checks checks)
      throws Exception {
    MavenProject project =
        MavenProject.copy(Path.of("src/examples", example), folder, "verify", "auth");
    if (example.equals("jersey")) {
      project.importBom();
    }
    project.build();
    String own = tokens.create(TokenRequest.good().scopes("access-tokens:introspect")).rawToken();
    try (TcpProxy proxy = TcpProxy.to(service.port());
        RunningApplication application =
            RunningApplication.startServer(
                new JarDeployment(
                    project.folder(),
                    Path.of(jar),
                    Map.of(
                        "TOKENS_URL",
                        "http://127.0.0.1:" + proxy.port(),
                        "TOKENS_TOKEN",
                        own,
                        "QUARKUS_HTTP_HOST",
                        "127.0.0.1",
                        "MICRONAUT_SERVER_HOST",
                        "127.0.0.1"),
                    portOption,
                    List.of()),
                CATALOG)) {
      checks.check(project, application.api(), proxy);
    }
  }

  private static void verifies(Api api) {
    TestToken reader = tokens.create();
    ApiResult caller = api.bearer(reader.rawToken()).get(CATALOG).expect(200);
    assertEquals("service-token:group:default/platform:" + reader.name(), caller.text());
    assertTrue(caller.headerLine("Content-Type").startsWith("text/plain"), caller::toString);
    assertEquals(
        Optional.of(
            "Bearer realm=\"access-tokens\", error=\"insufficient_scope\","
                + " scope=\"catalog:write\""),
        api.bearer(reader.rawToken())
            .call("PUT", "/catalog/site")
            .body("d")
            .send()
            .expect(403)
            .header("WWW-Authenticate"));
    api.bearer(IntrospectionService.unknownToken()).get(CATALOG).expect(401);
    for (int i = 0; i < REVOCATIONS; i++) {
      TestToken token = tokens.create();
      api.bearer(token.rawToken()).get(CATALOG).expect(200);
      tokens.revoke(token.id());
      api.bearer(token.rawToken()).get(CATALOG).expect(401);
    }
  }

  private static void enforcesLimits(Api api) {
    TestToken local = create("allowedAddresses", "[\"127.0.0.1\"]");
    api.bearer(local.rawToken()).get(CATALOG).expect(200);
    TestToken elsewhere = create("allowedAddresses", "[\"192.0.2.1\"]");
    api.bearer(elsewhere.rawToken())
        .call("GET", CATALOG)
        .header("X-Forwarded-For", "192.0.2.1")
        .header("Forwarded", "for=192.0.2.1")
        .send()
        .expect(401);
    TestToken slow = create("requestsPerMinute", Integer.toString(REQUESTS));
    for (int i = 0; i < REQUESTS; i++) {
      api.bearer(slow.rawToken()).get(CATALOG).expect(200);
    }
    ApiResult refused = api.bearer(slow.rawToken()).get(CATALOG).expect(429);
    int wait = Integer.parseInt(refused.headerLine("Retry-After"));
    assertTrue(wait >= 1 && wait <= 60, refused::toString);
  }

  private static TestToken create(String limit, String value) {
    return tokens.create(TokenRequest.good().with(limit, value));
  }

  private static void failsClosed(Api api, TcpProxy proxy, String path) {
    Api caller = api.bearer(tokens.create().rawToken());
    caller.get(path).expect(200);
    proxy.cut();
    Awaitility.await().until(() -> caller.get(path).status() == 503);
    proxy.restore();
    Awaitility.await().until(() -> caller.get(path).status() == 200);
  }
}
