package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.PATH;
import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.Certificate;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.BrowserSession;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.MariaDbServer;
import io.accesstokens.testing.server.PostgresServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.TestDatabase;
import io.accesstokens.testing.server.TomcatDeployments;
import io.accesstokens.testing.server.TomcatServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.StringReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests an operator's configuration on Tomcat: the realm, the DataSource and the settings. */
class TomcatContainerIT {

  private static final String READ = "access-tokens:service:read";
  private static final String WRITE = "access-tokens:service:write";
  private static final String REVOKE = "access-tokens:service:revoke";

  @ParameterizedTest
  @EnumSource(TomcatServer.Version.class)
  void realmSignsUsersInAndValveTrustsTheProxyOnly(TomcatServer.Version version) throws Exception {
    TomcatServer server =
        TomcatServer.inNewFolder(version)
            .withEnvironment("ACCESSTOKENS_INMEMORY", "true")
            .withEnvironment("ACCESSTOKENS_LOGIN_CONTAINER", "true")
            .withEnvironment(
                "ACCESSTOKENS_DIRECTORY_GROUPSFILE",
                Path.of("config/groups.yaml").toAbsolutePath().toString())
            .withEnvironment("ACCESSTOKENS_SERVICE_ADMIN_ROLES", "access-tokens-admin")
            .withEnvironment("ACCESSTOKENS_SERVICE_AUDITOR_ROLES", "revision,finance")
            // A handler that queues lines would lose most events of a revocation of many tokens.
            .withSystemProperty("org.apache.juli.AsyncMaxRecordCount", "1")
            .withUser("erin", "erin's p\u00e4ss", "access-tokens-admin", "other")
            .withUser("frank", "frank-secret", "finance")
            .withUser("grace", "grace-secret", WRITE)
            .withUser("carol", "carol-secret", "other")
            .withUser("heidi", "heidi-secret")
            .withUser("no ref", "no-ref-secret", "access-tokens-admin")
            .withUser("alice", "alice", "access-tokens-admin");
    addDocumentedConfiguration(server);
    try (RunningApplication tomcat = RunningApplication.start(server)) {
      Api erin = tomcat.api().basic("erin", "erin's p\u00e4ss");
      TestToken made = new ServiceTokens(erin).create();
      assertEquals("user:default/erin", made.token().getString("createdBy"));
      tomcat.api().bearer(made.rawToken()).get(WHOAMI).ok();

      assertEquals(List.of(READ, WRITE, REVOKE), permissions(erin));
      assertEquals(List.of(READ), permissions(tomcat.api().basic("frank", "frank-secret")));
      Api grace = tomcat.api().basic("grace", "grace-secret");
      assertEquals(List.of(WRITE), permissions(grace));
      new ServiceTokens(grace).create(good().of("payments"));
      grace.get(PATH).problem(403);
      // Groups come from the directory, even if the container verifies the password.
      Api carol = tomcat.api().basic("carol", "carol-secret");
      assertEquals(List.of(READ, WRITE, REVOKE), permissions(carol));
      new ServiceTokens(carol).tryCreate(good().of("payments")).problem(403);
      assertEquals(List.of(), permissions(tomcat.api().basic("heidi", "heidi-secret")));

      ApiResult anonymous = refused(tomcat.api().basic("unknown", "x"));
      assertEquals(
          anonymous.untracedText(), refused(tomcat.api().basic("erin", "wrong")).untracedText());
      assertEquals(anonymous.untracedText(), refused(tomcat.api().as("bob")).untracedText());
      assertEquals(
          anonymous.untracedText(),
          refused(tomcat.api().basic("no ref", "no-ref-secret")).untracedText());

      assertRealmSessions(tomcat.api(), "erin's p\u00e4ss");
      // The valve does not trust the address of this client, so the application receives the
      // header.
      assertSamplePasswordWorksLocallyOnly(tomcat.api(), anonymous);

      // After five failures, Tomcat's LockOutRealm rejects the correct password for a while.
      Api heidi = tomcat.api().basic("heidi", "heidi-secret");
      for (int i = 0; i < 5; i++) {
        refused(tomcat.api().basic("heidi", "guess" + i));
      }
      assertEquals(anonymous.untracedText(), refused(heidi).untracedText());

      String sessions =
          new TomcatDeployments(tomcat)
              .attribute(
                  "Catalina:type=Manager,host=localhost,context=" + TomcatServer.CONTEXT_PATH,
                  "sessionCounter");
      assertEquals("0", sessions, "no sign-in makes a session");
      assertFalse(tomcat.log().contains("-secret"), "a password is in the log");
      assertTrue(
          tomcat.log().contains("share one rate limit traceId=forwarded-1"),
          "a line without the id of its request");
      valveTrustsTheProxyOnly(tomcat, erin);
      List<String> revoked = revokeTogether(erin, 100);
      tomcat.kill();
      auditEventsAreInTheirFile(server, revoked);
    }
  }

  /** Asserts that the passwords of the realm start sessions, which store the realm's roles. */
  static void assertRealmSessions(Api api, String passwordOfErin) {
    BrowserSession session = BrowserSession.signIn(api, "erin", passwordOfErin).on(api);
    assertEquals("user:default/erin", session.get(WHOAMI).ok().getString("subject"));
    session.post(PATH, good().json()).expect(201);
    BrowserSession auditor = BrowserSession.signIn(api, "frank", "frank-secret").on(api);
    auditor.get(PATH).ok();
    auditor.post(PATH, good().json()).problem(403);
    auditor.delete(BrowserSession.PATH, "").expect(204);
    auditor.get(WHOAMI).problem(401);
  }

  /**
   * Asserts that a sample password is refused in a request with the id {@code forwarded-1}, which a
   * proxy has forwarded. The realm of the container contains the password.
   */
  static void assertSamplePasswordWorksLocallyOnly(Api api, ApiResult anonymous) {
    api.as("alice").get(WHOAMI).ok();
    ApiResult forwarded =
        api.as("alice")
            .call("GET", WHOAMI)
            .header("X-Forwarded-For", "192.0.2.1")
            .header("X-Request-Id", "forwarded-1")
            .send()
            .problem(401);
    assertEquals(anonymous.untracedText(), forwarded.untracedText());
  }

  /** Asserts that a request is rejected without a cookie, and returns the response. */
  static ApiResult refused(Api caller) {
    ApiResult answer = caller.get(WHOAMI).problem(401);
    assertFalse(answer.header("Set-Cookie").isPresent(), answer::toString);
    return answer;
  }

  /** Returns the permissions of a caller on service tokens. */
  static List<String> permissions(Api caller) {
    return caller
        .get(WHOAMI)
        .ok()
        .getJsonArray("permissions")
        .getValuesAs(JsonString.class)
        .stream()
        .map(JsonString::getString)
        .filter(permission -> permission.startsWith("access-tokens:service:"))
        .toList();
  }

  /**
   * Adds the documented connector, valve and log of audit events. By default, a valve trusts all
   * private addresses, so each of them could forge its address.
   */
  private static void addDocumentedConfiguration(TomcatServer server) throws IOException {
    String address = "address=\"127.0.0.1\" port=\"${test.port}\"";
    String connector =
        documented("<Connector port=\"8080\".*?/>").replace("port=\"8080\"", address);
    String valve =
        documented("<Valve className=\"[\\w.]*RemoteIpValve\"[^>]*/>")
            .replace("192\\.0\\.2\\.10", "127\\.0\\.0\\.2");
    Path serverXml = server.base().resolve("conf/server.xml");
    String xml = Files.readString(serverXml);
    int start = xml.indexOf("<Connector " + address);
    assertTrue(start > 0, xml);
    server.write(
        "conf/server.xml",
        xml.substring(0, start)
            + connector
            + xml.substring(xml.indexOf("/>", start) + 2).replace("</Host>", valve + "</Host>"));

    Path logging = server.base().resolve("conf/logging.properties");
    String properties = Files.readString(logging);
    Matcher handlers = Pattern.compile("(?m)^handlers = (.*)$").matcher(properties);
    assertTrue(handlers.find(), properties);
    server.write(
        "conf/logging.properties",
        properties
            + documented("^handlers = <what is there>.*?(?=```)")
                .replace("<what is there>", handlers.group(1)));
  }

  /** Adds the documented connector for TLS on a free port, and returns the port. */
  private static int addDocumentedTlsConnector(TomcatServer server) throws IOException {
    int port = RunningApplication.freePort();
    String connector =
        documented("<Connector port=\"8443\".*?</Connector>")
            .replace("port=\"8443\"", "address=\"127.0.0.1\" port=\"" + port + "\"");
    String xml = Files.readString(server.base().resolve("conf/server.xml"));
    server.write("conf/server.xml", xml.replaceFirst("<Connector ", connector + "<Connector "));
    return port;
  }

  private static String documented(String pattern) throws IOException {
    Matcher found =
        Pattern.compile(pattern, Pattern.DOTALL | Pattern.MULTILINE)
            .matcher(Files.readString(Path.of("src/docs/deploy-on-tomcat.md")));
    assertTrue(found.find(), "the page has no " + pattern);
    return found.group();
  }

  /** Creates tokens and revokes them with one request. Returns the ids of the tokens. */
  private static List<String> revokeTogether(Api caller, int tokens) {
    List<String> ids =
        Stream.generate(() -> new ServiceTokens(caller).create().id()).limit(tokens).toList();
    caller
        .post(
            PATH + "/revoke",
            Json.createObjectBuilder()
                .add("ids", Json.createArrayBuilder(ids))
                .add("reason", "test")
                .build()
                .toString())
        .ok();
    return ids;
  }

  /**
   * Asserts that the documented file of the killed server has all confirmed revocations, and no
   * other lines than audit events.
   */
  private static void auditEventsAreInTheirFile(TomcatServer server, List<String> revoked)
      throws Exception {
    Set<String> missing = new HashSet<>(revoked);
    for (Path file : files(server.base().resolve("logs"))) {
      if (file.getFileName().toString().startsWith("audit.")) {
        for (String line : Files.readAllLines(file)) {
          JsonObject event = Json.createReader(new StringReader(line)).readObject();
          if (event.getString("event").equals("revoked")) {
            missing.remove(event.getString("tokenId"));
          }
        }
      }
    }
    assertEquals(Set.of(), missing, "revocations without a line");
  }

  private static void valveTrustsTheProxyOnly(RunningApplication tomcat, Api erin)
      throws IOException {
    TestToken limited =
        new ServiceTokens(erin).create(good().with("allowedAddresses", "[\"198.51.100.7\"]"));
    assertEquals(200, statusFrom("127.0.0.2", tomcat, limited), "the proxy");
    assertEquals(401, statusFrom("127.0.0.3", tomcat, limited), "another private address");
  }

  /** Sends a request for another client from a loopback address, and returns the status. */
  private static int statusFrom(String address, RunningApplication tomcat, TestToken token)
      throws IOException {
    try (Socket socket = tomcat.socket().connectFrom(address)) {
      String request =
          "GET "
              + tomcat.socket().target(WHOAMI)
              + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
              + "X-Forwarded-For: 198.51.100.7\r\nAuthorization: Bearer "
              + token.rawToken()
              + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return tomcat.socket().read(socket, "GET").status();
    }
  }

  @ParameterizedTest
  @EnumSource(TomcatServer.Version.class)
  void http2ResponsesHaveNoConnectionHeader(TomcatServer.Version version) throws Exception {
    TomcatServer server =
        TomcatServer.inNewFolder(version).withEnvironment("ACCESSTOKENS_INMEMORY", "true");
    Certificate certificate = Certificate.selfSigned(server.folder());
    Files.copy(certificate.certificateFile(), server.base().resolve("conf/tls.crt"));
    Files.copy(certificate.keyFile(), server.base().resolve("conf/tls.key"));
    String address =
        "https://127.0.0.1:" + addDocumentedTlsConnector(server) + TomcatServer.CONTEXT_PATH;
    HttpClient client = HttpClient.newBuilder().sslContext(certificate.trusting()).build();
    try (RunningApplication tomcat = RunningApplication.start(server)) {
      // Of all responses, only those to refused requests end their connection.
      HttpResponse<String> refused =
          client.send(
              HttpRequest.newBuilder(URI.create(address + "/api/x" + ";a".repeat(40)))
                  .timeout(Duration.ofMinutes(1))
                  .build(),
              BodyHandlers.ofString());
      assertEquals(400, refused.statusCode(), tomcat::toString);
      assertEquals(HttpClient.Version.HTTP_2, refused.version());
      assertEquals(Optional.empty(), refused.headers().firstValue("Connection"));
    }
  }

  @Test
  void dataSourceOfMariaDbStoresTheTokens() throws Exception {
    dataSourceOfTheContainerStoresTheTokens(
        MariaDbServer.shared().newDatabase(),
        TomcatServer.inNewFolder(TomcatServer.Version.TOMCAT_11).withLibrary("mariadb-java-client"),
        "org.mariadb.jdbc.Driver",
        "?connectTimeout=1000&amp;socketTimeout=5000");
  }

  @Test
  void dataSourceOfPostgresStoresTheTokens() throws Exception {
    dataSourceOfTheContainerStoresTheTokens(
        PostgresServer.shared().newDatabase(),
        TomcatServer.inNewFolder(TomcatServer.Version.TOMCAT_10_1).withLibrary("postgresql"),
        "org.postgresql.Driver",
        "?connectTimeout=1&amp;socketTimeout=5");
  }

  private static void dataSourceOfTheContainerStoresTheTokens(
      TestDatabase database, TomcatServer tomcatServer, String driver, String timeouts)
      throws Exception {
    String descriptor =
        """
        <Context>
          <Resource name="jdbc/access-tokens" auth="Container" type="javax.sql.DataSource"
                    driverClassName="%s"
                    url="%s%s"
                    username="%s" password="%s"
                    maxTotal="10" maxWaitMillis="2000" testOnBorrow="true"/>
          <JarScanner scanManifest="false">
            <JarScanFilter pluggabilityScan="access-tokens-server-*.jar"
                           defaultPluggabilityScan="false" defaultTldScan="false"/>
          </JarScanner>
        </Context>
        """
            .formatted(driver, database.url(), timeouts, database.user(), database.password());
    TomcatServer server =
        tomcatServer
            .withEnvironment("ACCESSTOKENS_DATABASE_JNDINAME", "java:comp/env/jdbc/access-tokens")
            .withDescriptor(descriptor);
    try (RunningApplication tomcat = RunningApplication.start(server)) {
      ServiceTokens alice = new ServiceTokens(tomcat.api().as("alice"));
      TestToken made = alice.create();
      TestToken dead = alice.create();
      alice.revoke(dead.id());
      tomcat.api().bearer(made.rawToken()).get(WHOAMI).ok();
      tomcat.api().bearer(dead.rawToken()).get(WHOAMI).problem(401);
      assertFalse(Files.exists(server.base().resolve("data")), "nothing is kept elsewhere");

      TomcatDeployments manager = new TomcatDeployments(tomcat);
      assertTrue(tomcat.log().contains("is ready below /access-tokens"), tomcat::toString);
      assertEquals(2, manager.classLoaders(2), "the manager's and ours");

      // Parallel deployment: each version has its own descriptor. The new version gets all
      // requests,
      // and has nothing in memory.
      Path webapps = server.base().resolve("webapps");
      Path copy =
          Files.copy(webapps.resolve("access-tokens.war"), webapps.resolve("access-tokens.new"));
      server.write("conf/Catalina/localhost/access-tokens##002.xml", descriptor);
      Files.move(copy, webapps.resolve("access-tokens##002.war"));
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> tomcat.log().split("is ready below /access-tokens", -1).length == 3);
      tomcat.api().bearer(made.rawToken()).get(WHOAMI).ok();
      tomcat.stop();
      assertFalse(tomcat.log().contains("SEVERE"), tomcat::toString);
    }
  }

  @Test
  void settingsAreReadFromAFileAndErrorsAreLogged() throws Exception {
    TomcatServer server =
        TomcatServer.inNewFolder(TomcatServer.Version.TOMCAT_10_1)
            .withSystemProperty("accessTokens.configFile", "conf/access-tokens.yaml");
    server.write("conf/access-tokens.yaml", "service: {maxTokenLifetimeDays: 10}");
    try (RunningApplication tomcat = RunningApplication.start(server)) {
      ServiceTokens alice = new ServiceTokens(tomcat.api().as("alice"));
      alice.tryCreate(good().with("expiresInDays", "11")).violates("expiresInDays");
      TestToken made = alice.create(good().with("expiresInDays", "10"));
      assertTrue(Files.isDirectory(server.base().resolve("data")), "data is in CATALINA_BASE");
      assertEquals(List.of(), files(server.workingDirectory()));

      TomcatDeployments manager = new TomcatDeployments(tomcat);
      manager.undeploy();
      server.write(
          "conf/access-tokens.yaml",
          "service: {maxTokenLifetimeDays: 0, admin: {roles: [x]}}\nlogin: {usersFile: none}");
      String answer = manager.deploy();
      assertTrue(answer.startsWith("FAIL"), answer);
      String log = tomcat.log();
      for (String setting :
          List.of("service.maxTokenLifetimeDays", "service.admin.roles[0]", "login.usersFile")) {
        assertTrue(log.contains("accessTokens." + setting + ": "), setting + " not in " + log);
      }
      manager.undeploy();
      assertEquals(List.of(), manager.leaks());
      assertEquals(1, manager.classLoaders(1), "the manager's");

      server.write("conf/access-tokens.yaml", "service: {maxTokenLifetimeDays: 20}");
      String deployed = manager.deploy();
      assertTrue(deployed.startsWith("OK"), deployed);
      tomcat.api().bearer(made.rawToken()).get(WHOAMI).ok();
      alice.create(good().with("expiresInDays", "20"));

      manager.undeploy();
      server.withDescriptor(
          "<Context><JarScanner><JarScanFilter"
              + " defaultPluggabilityScan='false'/></JarScanner></Context>");
      String withoutApi = manager.deploy();
      assertTrue(withoutApi.startsWith("FAIL"), withoutApi);
      assertTrue(tomcat.log().contains("the server did not find the HTTP API"), tomcat::toString);
    }
  }

  private static List<Path> files(Path directory) throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }
}
