package io.accesstokens.container;

import static io.accesstokens.testing.client.ServiceTokens.PATH;
import static io.accesstokens.testing.client.ServiceTokens.WHOAMI;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.program.JavaProcess;
import io.accesstokens.testing.server.PayaraMicro;
import io.accesstokens.token.Actor;
import io.accesstokens.token.policy.CreationRequest;
import io.accesstokens.token.service.CreatedToken;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.verify.EntityRef;
import jakarta.inject.Inject;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.IdentityStoreHandler;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.OperateOnDeployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests the application in a real server, from deployment to undeployment. */
@ExtendWith(ArquillianExtension.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DeployedIT {

  private static final String APPLICATION = "access-tokens";
  private static final String DATA_DIRECTORY = "accessTokens.dataDir";
  private static final String SERVER_FILE = "server.txt";
  private static final int LAST = 100;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private @Inject @Nullable ServiceTokenService tokenService;
  private @Inject @Nullable IdentityStoreHandler identityStores;
  private @Inject @Nullable ServletContext servletContext;

  /** Returns the WAR that is shipped for the server, with the servlet that runs tests inside it. */
  @Deployment(name = APPLICATION, managed = false)
  static WebArchive application() throws IOException {
    Path war = Path.of(property("container.war"));
    WebArchive archive =
        ShrinkWrap.createFromZipFile(WebArchive.class, war.toFile())
            .addPackage(Api.class.getPackage());
    String descriptor;
    try (var in = Objects.requireNonNull(archive.get("WEB-INF/web.xml").getAsset()).openStream()) {
      descriptor = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    // Test injection may use the request scope, unlike the application itself.
    String withScopes = descriptor.replace("(?!)", "/ArquillianServletRunnerEE9");
    // The descriptor is metadata-complete, so the fragment that Arquillian adds would be ignored.
    String withRunner =
        withScopes.replace(
            "</web-app>",
            """
            <servlet>
              <servlet-name>ArquillianServletRunnerEE9</servlet-name>
              <servlet-class>org.jboss.arquillian.protocol.servlet5.runner.ServletTestRunner</servlet-class>
            </servlet>
            <servlet-mapping>
              <servlet-name>ArquillianServletRunnerEE9</servlet-name>
              <url-pattern>/ArquillianServletRunnerEE9</url-pattern>
            </servlet-mapping>
            </web-app>""");
    archive.setWebXML(new StringAsset(withRunner));
    return ShrinkWrap.create(WebArchive.class, "access-tokens.war").merge(archive);
  }

  @Test
  @Order(1)
  @RunAsClient
  void applicationIsDeployed(@ArquillianResource Deployer deployer) throws IOException {
    clear(folder());
    PayaraMicro.writeCommands(folder().resolve("preboot.asadmin"));
    deployer.deploy(APPLICATION);
  }

  @Test
  @Order(2)
  @RunAsClient
  @OperateOnDeployment(APPLICATION)
  void applicationIsReady(@ArquillianResource URL url) throws Exception {
    api(url).get("/health/ready").ok();
    assertTrue(Files.isDirectory(folder().resolve("data")), "the data lie elsewhere");
    assertFalse(threadsOfOurs().isEmpty(), "the search for threads finds none");
    assertTrue(databaseIsInUse(), "the search for open databases finds none");
  }

  @Test
  @Order(3)
  @OperateOnDeployment(APPLICATION)
  void useCasesAreInjected() {
    ServiceTokenService injected = Objects.requireNonNull(tokenService);
    EntityRef alice = EntityRef.parseUser("user:default/alice").orElseThrow();
    CreatedToken issued =
        injected.create(
            new Actor.Person(alice, Set.of(), null),
            new CreationRequest(
                "made-within",
                "TestToken by a test within the server",
                "group:default/platform",
                List.of("catalog:read"),
                1L,
                null,
                List.of()));
    assertEquals("user:default/alice", issued.token().createdBy());
  }

  @Test
  @Order(3)
  @OperateOnDeployment(APPLICATION)
  void jakartaSecurityOfTheServerIsInjected() {
    IdentityStoreHandler injected = Objects.requireNonNull(identityStores);
    assertEquals(
        CredentialValidationResult.Status.VALID,
        injected.validate(new UsernamePasswordCredential("alice", "alice")).getStatus());
    assertEquals(
        CredentialValidationResult.Status.INVALID,
        injected.validate(new UsernamePasswordCredential("alice", "bob")).getStatus());
  }

  @Test
  @Order(3)
  @OperateOnDeployment(APPLICATION)
  void serverIsRecorded() throws Exception {
    String server = Objects.requireNonNull(servletContext).getServerInfo();
    Files.writeString(
        folder().resolve(SERVER_FILE), server.startsWith("Payara") ? payara() : server);
  }

  /**
   * Reads Payara's version from one of its classes, because its server info contains only the name.
   */
  private static String payara() throws ReflectiveOperationException {
    return (String)
        Class.forName("com.sun.appserv.server.util.Version")
            .getMethod("getFullVersion")
            .invoke(null);
  }

  @Test
  @Order(4)
  @RunAsClient
  void serverHasTheConfiguredVersion() throws IOException {
    String server = Files.readString(folder().resolve(SERVER_FILE));
    assertTrue(server.contains(property("container.version")), server);
    System.out.println("*** The Arquillian suite runs in " + server.strip() + " ***");
  }

  @Test
  @Order(5)
  @RunAsClient
  @OperateOnDeployment(APPLICATION)
  void tokenIsCreatedUsedAndRevoked(@ArquillianResource URL url) {
    ServiceTokens alice = new ServiceTokens(api(url).as("alice"));
    TestToken made = alice.create();
    Api bearer = api(url).bearer(made.rawToken());
    assertEquals("service", bearer.get(WHOAMI).ok().getString("type"));
    assertEquals("active", alice.get(made.id()).getString("status"));
    alice.revoke(made.id());
    bearer.get(WHOAMI).problem(401);
    alice.tryRevoke(made.id()).problem(409);
    assertEquals("revoked", alice.get(made.id()).getString("status"));
    assertEquals(
        List.of("revoked", "created"),
        alice.events(made.id()).stream().map(event -> event.getString("event")).toList());
    // The test inside the server created a token in the same store.
    List<String> names = alice.all("").stream().map(token -> token.getString("name")).toList();
    assertTrue(names.contains("made-within"), names::toString);
  }

  @Test
  @Order(5)
  @RunAsClient
  @OperateOnDeployment(APPLICATION)
  void rolesHaveTheirPermissions(@ArquillianResource URL url) {
    TestToken platform = new ServiceTokens(api(url).as("alice")).create();
    TestToken payments = new ServiceTokens(api(url).as("alice")).create(good().of("payments"));
    ServiceTokens bob = new ServiceTokens(api(url).as("bob"));
    assertEquals(payments.id(), bob.get(payments.id()).getString("id"));
    bob.tryCreate(good()).problem(403);
    bob.tryRevoke(platform.id()).problem(403);
    ServiceTokens carol = new ServiceTokens(api(url).as("carol"));
    carol.create(good());
    carol.tryCreate(good().of("payments")).problem(403);
    carol.tryRevoke(payments.id()).problem(404);
    carol.revoke(platform.id());
    api(url).as("dave").get(PATH).problem(403);
    api(url).bearer(payments.rawToken()).get(PATH).problem(403);
  }

  @Test
  @Order(5)
  @RunAsClient
  @OperateOnDeployment(APPLICATION)
  void invalidRawTokensAreRejected(@ArquillianResource URL url) {
    TestToken made = new ServiceTokens(api(url).as("alice")).create();
    api(url).bearer(made.rawToken()).get(WHOAMI).ok();
    ApiResult unknown = api(url).bearer(made.rawToken().replaceFirst(".$", "-")).get(WHOAMI);
    ApiResult malformed = api(url).bearer("nonsense").get(WHOAMI);
    for (ApiResult answer : List.of(unknown, malformed)) {
      answer.problem(401);
      assertTrue(
          answer.headers("WWW-Authenticate").stream()
              .anyMatch(challenge -> challenge.contains("invalid_token")),
          answer::toString);
    }
    assertEquals(unknown.untracedText(), malformed.untracedText());
    ApiResult anonymous = api(url).get(WHOAMI).problem(401);
    assertEquals(2, anonymous.headers("WWW-Authenticate").size(), anonymous::toString);
    api(url).basic("alice", "wrong").get(WHOAMI).problem(401);
  }

  @Test
  @Order(5)
  @RunAsClient
  @OperateOnDeployment(APPLICATION)
  void errorsHaveTheCommonFormat(@ArquillianResource URL url) {
    Api alice = api(url).as("alice");
    alice.get("/nope").problem(404);
    alice.get("/api/nope").problem(404);
    alice.get("/WEB-INF/web.xml").problem(404);
    alice.get("/META-INF/MANIFEST.MF").problem(404);
    alice.get("/api/application.wadl").problem(404);
    alice.call("PUT", PATH).json("{}").send().problem(405);
    alice.call("GET", PATH).header("Accept", "text/html").send().problem(406);
    alice.post(PATH, "{").problem(400);
    alice.post(PATH, " ".repeat(200_000)).problem(413);
    alice.call("POST", PATH).header("Content-Type", "text/plain").body("x").send().problem(415);
    alice.post(PATH, good().with("name", "1").json()).violates("name");
    for (String path : List.of("/nope", "/api/nope", "/health/nope")) {
      String all = alice.get(path).everything().toLowerCase(Locale.ROOT);
      assertFalse(all.contains("exception") || all.contains("\tat "), all);
    }
  }

  @Test
  @Order(LAST)
  @RunAsClient
  void undeploymentReleasesThreadsAndFiles(@ArquillianResource Deployer deployer)
      throws IOException {
    deployer.undeploy(APPLICATION);
    // A server that is about to end does not list its threads.
    await().atMost(TIMEOUT).untilAsserted(() -> assertEquals(List.of(), threadsOfOurs()));
    await().atMost(TIMEOUT).until(() -> !databaseIsInUse());
    try (Stream<Path> files = Files.list(folder().resolve("data"))) {
      assertFalse(files.anyMatch(file -> file.toString().endsWith(".trace.db")), "H2 had trouble");
    }
  }

  private static Api api(URL url) {
    try {
      URI uri = url.toURI();
      // Payara reports its host name, which is no loopback address, so it would reject the sample
      // users.
      return Api.at(
          new URI(uri.getScheme(), null, "127.0.0.1", uri.getPort(), "/access-tokens", null, null));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Returns the application's threads in servers that this process started. */
  private static List<String> threadsOfOurs() throws IOException, InterruptedException {
    List<String> names = new ArrayList<>();
    for (ProcessHandle server : ProcessHandle.current().descendants().toList()) {
      names.addAll(JavaProcess.threads(server.pid()));
    }
    return names.stream().filter(name -> name.startsWith("access-tokens")).toList();
  }

  /** Creates an empty folder; deletes an existing one first. */
  private static void clear(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> paths = Files.walk(folder)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    Files.createDirectories(folder);
  }

  /** Returns true if H2 locks its file, which it does as long as the file is open. */
  private static boolean databaseIsInUse() throws IOException {
    try (Stream<Path> files = Files.list(folder().resolve("data"))) {
      Path file =
          files.filter(path -> path.toString().endsWith(".mv.db")).findFirst().orElseThrow();
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
          var lock = channel.tryLock()) {
        return lock == null;
      }
    }
  }

  /** Returns the folder of this run, which is the same inside and outside the server. */
  private static Path folder() {
    String data = System.getProperty(DATA_DIRECTORY);
    return data == null
        ? Path.of(property("container.folder"))
        : Objects.requireNonNull(Path.of(data).getParent());
  }

  private static String property(String name) {
    return Objects.requireNonNull(System.getProperty(name), name);
  }
}
