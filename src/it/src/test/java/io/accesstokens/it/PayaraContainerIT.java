package io.accesstokens.it;

import static io.accesstokens.it.TomcatContainerIT.permissions;
import static io.accesstokens.it.TomcatContainerIT.refused;
import static io.accesstokens.testing.client.ServiceTokens.PATH;
import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.Certificate;
import io.accesstokens.testing.OpenIdIssuer;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.program.JavaProcess;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.PayaraMicro;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.time.RunningTime;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Tests an operator's configuration on Payara: the realm, the DataSource and the settings. All
 * tests share one server, which redeploys the application before they begin.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PayaraContainerIT {

  private static final int LAST = 100;
  private static final int REDEPLOYS = 2;
  private static final Duration TIMEOUT = Duration.ofMinutes(3);

  private static final String READ = "access-tokens:service:read";
  private static final String WRITE = "access-tokens:service:write";
  private static final String REVOKE = "access-tokens:service:revoke";

  /** A password with all characters that are special in a command file. */
  private static final String PASSWORD = "pa:ss=w,o rd$\\{x}";

  /** Matches the start of an entry in the server's log. */
  private static final Pattern ENTRY = Pattern.compile("(?m)^\\[(?=\\d{4}-\\d\\d-\\d\\dT)");

  private static final Pattern COMPLAINT =
      Pattern.compile("(WARNING|SEVERE)\\S*] .*io\\.accesstokens", Pattern.DOTALL);

  private static final RunningTime TIME = RunningTime.start();

  /** After a stop of the machine, a connection to the database can be lost. */
  private static final Pattern LOST_CONNECTION =
      Pattern.compile(
          "(changes cannot be read|waits for the database|responded with 503): the database"
              + " (is unreachable|ended a transaction that was idle for too long)");

  private final PayaraMicro folder = PayaraMicro.inNewFolder();
  private final MariaDbServer mariadb = MariaDbServer.create();
  private TestDatabase database;
  private final int tlsPort = RunningApplication.freePort();
  private Certificate certificate;
  private RunningApplication payara;
  private OpenIdIssuer openId;

  @BeforeAll
  void startServer() throws Exception {
    openId = OpenIdIssuer.start();
    mariadb.start();
    database = mariadb.newDatabase();
    database
        .sql()
        .execute("create user payara identified by '" + PASSWORD.replace("\\", "\\\\") + "'");
    database.sql().execute("grant all on *.* to payara");
    folder.write(
        "conf/access-tokens.yaml",
        """
        accessTokens:
          database: {jndiName: jdbc/access-tokens}
          publicUrl: http://127.0.0.1/access-tokens
          login:
            container: true
            oidc: {issuer: "%s", clientId: ours}
          service:
            maxTokenLifetimeDays: 30
            admin: {roles: [access-tokens-admin]}
            auditor: {roles: [revision, finance]}
        """
            .formatted(openId.url()));
    certificate = Certificate.selfSigned(folder.folder());
    payara =
        RunningApplication.start(
            folder
                .withTls(certificate, tlsPort)
                .withEnvironment("ACCESSTOKENS_CONFIGFILE", "conf/access-tokens.yaml")
                .withEnvironment(
                    "ACCESSTOKENS_PERSONAL_ENCRYPTIONKEY",
                    Base64.getEncoder().encodeToString(new byte[32]))
                .withEnvironment("ACCESSTOKENS_SERVICE_DEFAULTTOKENLIFETIMEDAYS", "3")
                .withEnvironment(
                    "ACCESSTOKENS_DIRECTORY_GROUPSFILE",
                    Path.of("config/groups.yaml").toAbsolutePath().toString())
                .withSystemProperty("accessTokens.service.maxTokenLifetimeDays", "10")
                .withEnvironment("DB_USER", "payara")
                .withEnvironment("DB_PASSWORD", PASSWORD)
                .withLibrary("mariadb-java-client")
                .withLogging(documentedAuditFile(folder.folder()))
                .withCommandsBeforeDeployment(
                    PayaraMicro.dataSource(database)
                        + user("erin", "erin-secret", "access-tokens-admin:other")
                        + user("frank", "frank-secret", "finance")
                        + user("carol", "carol-secret", "other")
                        + user("access-tokens-admin", "heidi-secret", "")
                        + user("alice", "alice", "access-tokens-admin"))
                .withRedeploys(REDEPLOYS));
    await().atMost(TIMEOUT).until(() -> payara.log().contains(") ready in "));
  }

  private String user(String name, String password, String groups) {
    return "create-file-user --authrealmname file%s --passwordfile %s %s\n"
        .formatted(
            groups.isEmpty() ? "" : " --groups " + groups,
            folder.write(name + ".password", "AS_ADMIN_USERPASSWORD=" + password + "\n"),
            name);
  }

  /** Returns the documented logging configuration of the audit file, with another directory. */
  private static String documentedAuditFile(Path directory) throws IOException {
    Matcher block =
        Pattern.compile("(?s)```properties\n(audit\\.handlers=.*?)```")
            .matcher(Files.readString(Path.of("src/docs/deploy-on-payara.md")));
    assertTrue(block.find(), "the page has no configuration of the audit file");
    return block.group(1).replace("/var/log/access-tokens", directory.toString());
  }

  @AfterAll
  void stopServer() {
    if (payara != null) {
      payara.close();
    }
    mariadb.close();
    openId.close();
  }

  @Test
  @Order(1)
  void realmUsersSignInWithTheirGroups() throws Exception {
    Api erin = payara.api().basic("erin", "erin-secret");
    TestToken made = new ServiceTokens(erin).create();
    assertEquals("user:default/erin", made.token().getString("createdBy"));
    payara.api().bearer(made.rawToken()).get(WHOAMI).ok();

    assertEquals(List.of(READ, WRITE, REVOKE), permissions(erin));
    assertEquals(List.of(READ), permissions(payara.api().basic("frank", "frank-secret")));
    // Groups come from the directory, even if the container verifies the password.
    Api carol = payara.api().basic("carol", "carol-secret");
    assertEquals(List.of(READ, WRITE, REVOKE), permissions(carol));
    new ServiceTokens(carol).tryCreate(good().of("payments")).problem(403);
    // A username that equals a group name grants no permissions.
    assertEquals(List.of(), permissions(payara.api().basic("access-tokens-admin", "heidi-secret")));

    ApiResult anonymous = refused(payara.api().basic("unknown", "x"));
    assertEquals(
        anonymous.untracedText(), refused(payara.api().basic("erin", "wrong")).untracedText());
    assertEquals(anonymous.untracedText(), refused(payara.api().as("bob")).untracedText());
    // If a sign-in left an identity in a thread, a later request in that thread would have it.
    for (int i = 0; i < 20; i++) {
      payara.api().get(WHOAMI).problem(401);
    }

    TomcatContainerIT.assertRealmSessions(payara.api(), "erin-secret");
    TomcatContainerIT.assertSamplePasswordWorksLocallyOnly(payara.api(), anonymous);
    // Payara writes its log in a thread of its own.
    await("the line with the id of its request")
        .until(() -> payara.log().contains("share one rate limit traceId=forwarded-1"));
    assertFalse(payara.log().contains("-secret"), "a password is in the log");
  }

  @Test
  @Order(2)
  void bothListenersAcceptRevocationsAndNoHttp2() throws Exception {
    ServiceTokens erin = new ServiceTokens(payara.api().basic("erin", "erin-secret"));
    String credential =
        Base64.getEncoder().encodeToString("erin:erin-secret".getBytes(StandardCharsets.UTF_8));
    HttpClient client = HttpClient.newBuilder().sslContext(certificate.trusting()).build();
    for (String address :
        List.of("http://127.0.0.1:" + payara.port(), "https://127.0.0.1:" + tlsPort)) {
      String token = address + payara.contextPath() + PATH + '/' + erin.create().id();
      HttpResponse<String> revoked =
          client.send(
              HttpRequest.newBuilder(URI.create(token))
                  .timeout(Duration.ofMinutes(1))
                  .header("Authorization", "Basic " + credential)
                  .header("Content-Type", "application/json")
                  .method("DELETE", BodyPublishers.ofString("{\"reason\": \"a test\"}"))
                  .build(),
              BodyHandlers.ofString());
      assertEquals(204, revoked.statusCode(), address + revoked.body());
      assertEquals(HttpClient.Version.HTTP_1_1, revoked.version(), address);
    }
  }

  @Test
  @Order(2)
  void serverHasNoEndpointsOfItsOwn() throws Exception {
    for (String path : List.of("/metrics", "/health", "/health/ready", "/openapi")) {
      HttpResponse<String> response =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + payara.port() + path))
                      .timeout(Duration.ofMinutes(1))
                      .build(),
                  BodyHandlers.ofString());
      assertTrue(List.of(403, 404).contains(response.statusCode()), path + response.body());
    }
  }

  @Test
  @Order(2)
  void usersSignInAtAnOpenIdProviderBesideTheRealm() throws Exception {
    String path = BrowserSession.PATH + "/oidc";
    ApiResult start = payara.api().get(path + "?to=/admin").expect(302);
    String location = start.header("Location").orElseThrow();
    assertTrue(location.startsWith(openId.url() + "/auth?"), location);
    openId.signIn("judy", "ours", parameter(location, "nonce"));
    ApiResult end =
        payara
            .api()
            .call("GET", path + "/callback?code=c&state=" + parameter(location, "state"))
            .header("Cookie", start.header("Set-Cookie").orElseThrow().split(";", 2)[0])
            .send()
            .expect(302);
    assertEquals("/access-tokens/admin", end.header("Location").orElse(""));
    String session =
        end.headers("Set-Cookie").stream()
            .filter(cookie -> cookie.startsWith("access-tokens-session="))
            .findFirst()
            .orElseThrow();
    assertTrue(session.contains("; Path=/access-tokens;"), session);
    ApiResult whoami =
        payara.api().call("GET", WHOAMI).header("Cookie", session.split(";", 2)[0]).send();
    assertEquals("user:default/judy", whoami.ok().getString("subject"));
  }

  private static String parameter(String location, String name) {
    return location.replaceFirst(".*[?&]" + name + "=([^&]*).*", "$1");
  }

  @Test
  @Order(2)
  void settingsAreReadFromFileEnvironmentAndSystemProperties() {
    ServiceTokens erin = new ServiceTokens(payara.api().basic("erin", "erin-secret"));
    erin.tryCreate(good().with("expiresInDays", "11")).violates("expiresInDays");
    erin.create(good().with("expiresInDays", "10"));
  }

  @Test
  @Order(3)
  void dataSourceOfTheServerStoresTheTokens() throws Exception {
    ServiceTokens erin = new ServiceTokens(payara.api().basic("erin", "erin-secret"));
    TestToken made = erin.create();
    TestToken dead = erin.create();
    erin.revoke(dead.id());
    payara.api().bearer(made.rawToken()).get(WHOAMI).ok();
    payara.api().bearer(dead.rawToken()).get(WHOAMI).problem(401);
    assertEquals(1, database.sql().count("service_access_tokens where id = '" + made.id() + "'"));
    assertFalse(Files.exists(folder.folder().resolve("data")), "nothing is kept elsewhere");
    assertFalse(Files.exists(folder.root().resolve("data")), "nothing is kept elsewhere");
  }

  @Test
  @Order(3)
  void auditFileHasTheEventsOfARequestBeforeItsResponse() throws Exception {
    ServiceTokens erin = new ServiceTokens(payara.api().basic("erin", "erin-secret"));
    String id = erin.create().id();
    List<String> events = auditEvents(id);
    erin.revoke(id);
    assertEquals(List.of("created"), events);
    assertEquals(List.of("created", "revoked"), auditEvents(id));
    assertFalse(payara.log().contains(id), "an audit event is also in the server's log");
  }

  /** Returns the events of a token in the audit file, each line of which is a JSON object. */
  private List<String> auditEvents(String tokenId) throws IOException {
    List<String> events = new ArrayList<>();
    for (String line : Files.readAllLines(folder.folder().resolve("audit-0.log"))) {
      JsonObject event = Json.createReader(new StringReader(line)).readObject();
      if (event.getString("tokenId", "").equals(tokenId)) {
        events.add(event.getString("event"));
      }
    }
    return events;
  }

  @Test
  @Order(4)
  void hibernateReplacesThePersistenceProviderOfTheServer() throws Exception {
    Map<String, Integer> instances = JavaProcess.instances(payara.processId());
    assertEquals(1, instances.get("org.hibernate.internal.SessionFactoryImpl"));
    assertFalse(
        instances.keySet().stream().anyMatch(name -> name.startsWith("org.eclipse.persistence.")),
        instances::toString);
  }

  @Test
  @Order(5)
  void redeploymentReleasesTheOldApplication() throws Exception {
    assertEquals(REDEPLOYS + 1, payara.log().split("is ready below /access-tokens", -1).length - 1);
    // The thread of finality ends five seconds after a revocation, so a busy machine can miss it.
    await().pollDelay(Duration.ZERO).untilAsserted(this::onlyOneApplicationHasThreads);
    Map<String, Integer> instances = JavaProcess.instances(payara.processId());
    assertEquals(1, instances.get("io.accesstokens.app.wiring.TokenVerification"));
  }

  /**
   * Asserts that there is one thread of each of some kinds. The number of other threads varies with
   * load.
   */
  private void onlyOneApplicationHasThreads() throws Exception {
    ServiceTokens erin = new ServiceTokens(payara.api().basic("erin", "erin-secret"));
    erin.revoke(erin.create().id());
    List<String> threads = JavaProcess.threads(payara.processId());
    for (String one : List.of("changes", "replica", "finality")) {
      assertEquals(1, Collections.frequency(threads, "access-tokens-" + one), threads::toString);
    }
  }

  @Test
  @Order(6)
  void databaseOutageIs503AndRecovers() throws Exception {
    Api erin = payara.api().basic("erin", "erin-secret");
    Api machine = payara.api().bearer(new ServiceTokens(erin).create().rawToken());
    assertEquals(List.of(), errorMessages());
    mariadb.stop();
    for (Api caller : List.of(erin, machine)) {
      ApiResult answer = caller.get(caller == erin ? PATH : WHOAMI).problem(503);
      assertTrue(answer.header("Retry-After").isPresent(), answer::toString);
    }
    mariadb.start();
    await().atMost(TIMEOUT).untilAsserted(() -> machine.get(WHOAMI).ok());
    erin.get(PATH).ok();
  }

  @Test
  @Order(LAST)
  void shutdownLogsNoErrors() throws Exception {
    int before = payara.log().length();
    payara.stop();
    String last = payara.log().substring(before);
    assertEquals(List.of(), errorMessages(last));
    assertFalse(last.contains("[/access-tokens]"), last); // no leaks found
  }

  private List<String> errorMessages() throws Exception {
    return errorMessages(payara.log());
  }

  /**
   * Returns the entries above the level of information that come from the application or have its
   * classes in their stack traces.
   */
  private static List<String> errorMessages(String log) {
    return Arrays.stream(ENTRY.split(log))
        .filter(entry -> COMPLAINT.matcher(entry).find())
        .filter(entry -> !TIME.wasStopped() || !LOST_CONNECTION.matcher(entry).find())
        // One test causes this message.
        .filter(entry -> !entry.contains("accessTokens.trustedProxies"))
        .toList();
  }
}
