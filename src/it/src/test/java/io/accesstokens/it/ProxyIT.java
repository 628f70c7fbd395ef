package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.ProxyServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Tests a real nginx with the documented configuration in front of files. Tests the documentation
 * of other proxies with the requests that they would send.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ProxyIT {

  private static final Path PAGE = Path.of("src/docs/verify-behind-a-proxy.md");
  private static final int LAST = Integer.MAX_VALUE;
  private static final String PASSWORD = "erin-of-the-tests";

  private RunningApplication application;
  private ProxyServer nginx;
  private ProxyServer apache;
  private ServiceTokens alice;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    application = RunningApplication.start(withErin(WarProcess.inNewFolder().inSeparateProcess()));
    alice = new ServiceTokens(application.api().as("alice"));
    int port = RunningApplication.freePort();
    Path site = Files.createDirectories(folder.resolve("site/catalog"));
    Files.writeString(site.resolve("index.html"), "the catalog");
    Files.writeString(site.resolveSibling("index.html"), "the front page");
    String config =
        block("<!-- nginx: .*? -->", "nginx")
            .replace("server 127.0.0.1:8080;", "server 127.0.0.1:" + application.port() + ";")
            .replace("listen 127.0.0.1:8081;", "listen 127.0.0.1:" + port + ";")
            .replace("root /srv/site;", "root " + folder.resolve("site") + ";");
    assertFalse(config.contains("808") && config.contains("/srv"), "placeholders are left");
    Files.writeString(folder.resolve("site.conf"), config);
    Files.writeString(
        folder.resolve("verify.conf"), block("<!-- nginx-include: verify.conf -->", "nginx"));
    nginx = ProxyServer.nginx(folder, port);
    apache = apache(Files.createDirectory(folder.resolve("apache")));
  }

  private ProxyServer apache(Path folder) throws IOException {
    int port = RunningApplication.freePort();
    for (String directory : List.of("catalog", "docs")) {
      Path documents = Files.createDirectories(folder.resolve("documents").resolve(directory));
      Files.writeString(documents.resolve("index.html"), "the " + directory);
    }
    String modules =
        block("<!-- apache: mod_oauth2.*? -->", "apache")
            + block("<!-- apache: mod_auth_openidc.*? -->", "apache");
    Files.writeString(
        folder.resolve("site.conf"),
        "Listen 127.0.0.1:%d%nDocumentRoot \"%s\"%nOIDCCryptoPassphrase sample%n"
                .formatted(port, folder.resolve("documents"))
            + modules
                .replace("127.0.0.1:8080", "127.0.0.1:" + application.port())
                .replace("${INTROSPECTION_PASSWORD}", PASSWORD)
                .replace("gateway", "erin"));
    return ProxyServer.apache(folder, port);
  }

  /** Adds a user with a password, because sample users cannot sign in through a proxy. */
  private static WarProcess withErin(WarProcess call) throws Exception {
    String hash = call.with("hash-password").run(PASSWORD + "\n").out().strip();
    Path people =
        call.file(
            "people.yaml",
            Files.readString(Path.of("config/people.yaml"))
                + "\n  - username: erin\n    userEntityRef: user:default/erin\n    password: "
                + hash
                + "\n");
    return call.with("--in-memory")
        .withGroups()
        .withEnvironment("ACCESSTOKENS_TRUSTEDPROXIES", "127.0.0.1")
        .withEnvironment("ACCESSTOKENS_LOGIN_USERSFILE", people.toString())
        .withEnvironment("ACCESSTOKENS_INTROSPECTION_USERENTITYREFS", "user:default/erin")
        .withEnvironment("ACCESSTOKENS_SERVICE_ADMIN_USERENTITYREFS", "user:default/alice");
  }

  @AfterAll
  void close() {
    nginx.close();
    apache.close();
    application.close();
  }

  private static String block(String comment, String language) throws IOException {
    Matcher block =
        Pattern.compile(comment + "\\s*```" + language + "\\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(PAGE));
    assertTrue(block.find(), comment);
    return block.group(1);
  }

  private Api with(String rawToken) {
    return nginx.api().bearer(rawToken);
  }

  @Test
  void validTokenIsForwarded() {
    TestToken reader = alice.create(good().scopes("catalog:read"));
    assertEquals("the front page", with(reader.rawToken()).get("/").expect(200).text());
    ApiResult page = with(reader.rawToken()).get("/catalog/?scope=x&a=b").expect(200);
    assertEquals("the catalog", page.text());
    with(reader.rawToken()).get("/nothing").expect(404);
    with(reader.rawToken()).call("HEAD", "/catalog/").send().expect(200);
    with(reader.rawToken())
        .call("GET", "/catalog/")
        .header("Accept", "text/css;q=0.1")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body("token=" + reader.rawToken())
        .send()
        .expect(200);
  }

  @Test
  void requestWithoutAValidTokenIsRejected() {
    ApiResult anonymous = nginx.api().get("/catalog/").expect(401);
    assertTrue(anonymous.headerLine("WWW-Authenticate").contains("Bearer"), anonymous::toString);
    ApiResult junk = with("bsat_junk").get("/catalog/").expect(401);
    assertTrue(junk.headerLine("WWW-Authenticate").contains("invalid_token"), junk::toString);
    nginx.api().get("/nothing").expect(401);
    nginx.api().call("POST", "/catalog/").body("x").send().expect(401);
    nginx.api().call("OPTIONS", "/catalog/").send().expect(401);
    nginx.api().basic("erin", PASSWORD).get("/catalog/").expect(403);
    // Sample users are for local use and cannot sign in through a proxy.
    nginx.api().as("alice").get("/catalog/").expect(401);
  }

  @Test
  void requestWithoutTheScopeIsRejected() {
    TestToken other = alice.create(good().scopes("techdocs:read"));
    with(other.rawToken()).get("/").expect(200);
    with(other.rawToken()).get("/catalog/").expect(403);
    with(other.rawToken()).get("/catalog/../catalog/index.html").expect(403);
    with(other.rawToken()).get("/catalog/?required_scope=techdocs:read").expect(403);
  }

  @Test
  void verificationRoutesAreNotExposed() {
    TestToken reader = alice.create(good().scopes("catalog:read"));
    with(reader.rawToken()).get("/_verify").expect(404);
    with(reader.rawToken()).get("/_verify_scope").expect(404);
  }

  @Test
  void revokedTokenIsRejectedAtOnce() {
    for (int i = 0; i < 20; i++) {
      TestToken made = alice.create(good().scopes("catalog:read"));
      with(made.rawToken()).get("/catalog/").expect(200);
      with(made.rawToken()).get("/catalog/").expect(200);
      if (i % 2 == 0) {
        alice.revoke(made.id());
      } else {
        application.api().form(OAuthTopic.REVOKE, "token=" + made.rawToken()).expect(200);
      }
      with(made.rawToken()).get("/catalog/").expect(401);
    }
  }

  /** Sends a request to nginx from a loopback address, and returns the status line. */
  private String from(String localAddress, TestToken made, String headers) throws IOException {
    try (Socket socket =
        new Socket(
            InetAddress.getLoopbackAddress(),
            URI.create(nginx.api().origin()).getPort(),
            InetAddress.getByName(localAddress),
            0)) {
      socket.setSoTimeout(20_000);
      String request =
          "GET /catalog/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
              + made.rawToken()
              + "\r\n"
              + headers
              + "\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      byte[] response = socket.getInputStream().readAllBytes();
      return new String(response, StandardCharsets.ISO_8859_1).lines().findFirst().orElse("");
    }
  }

  @Test
  void limitedTokenIsAcceptedFromItsAddressOnly() throws IOException {
    TestToken made =
        alice.create(
            good()
                .scopes("catalog:read")
                .with("allowedAddresses", "[\"127.0.0.2\",\"192.0.2.1\"]"));
    assertEquals("HTTP/1.1 200 OK", from("127.0.0.2", made, ""));
    for (String header :
        List.of(
            "",
            "X-Forwarded-For: 127.0.0.2\r\n",
            "X-Forwarded-For: 192.0.2.1, 127.0.0.2\r\nX-Forwarded-For: 192.0.2.1\r\n",
            "Forwarded: for=192.0.2.1\r\n",
            "x-forwarded-for: 192.0.2.1\r\nForwarded: for=127.0.0.2\r\nX-Real-IP: 127.0.0.2\r\n")) {
      assertEquals("HTTP/1.1 401 Unauthorized", from("127.0.0.3", made, header), header);
      assertEquals("HTTP/1.1 200 OK", from("127.0.0.2", made, header), header);
    }
    with(made.rawToken()).get("/catalog/").expect(401);
    alice.update(made.id(), "{\"allowedAddresses\":[\"127.0.0.3\"]}");
    assertEquals("HTTP/1.1 401 Unauthorized", from("127.0.0.2", made, ""));
    assertEquals("HTTP/1.1 200 OK", from("127.0.0.3", made, ""));
  }

  @Test
  void tokenBeyondItsRateGets429() {
    TestToken made = alice.create(good().scopes("catalog:read").with("requestsPerMinute", "2"));
    // For "/", nginx would verify the token twice: it redirects internally to the index page.
    with(made.rawToken()).get("/catalog/index.html").expect(200);
    with(made.rawToken()).get("/index.html").expect(200);
    for (String path : List.of("/index.html", "/catalog/index.html")) {
      ApiResult limited = with(made.rawToken()).get(path).expect(429);
      int wait = Integer.parseInt(limited.headerLine("Retry-After"));
      assertTrue(wait >= 1 && wait <= 60, limited::toString);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"catalog", "docs"})
  void apacheRejectsRevokedTokensAtOnce(String directory) {
    TestToken reader = alice.create(good().scopes("catalog:read"));
    TestToken other = alice.create(good().scopes("techdocs:read"));
    String path = "/" + directory + "/";
    apache.api().get(path).expect(401);
    apache.api().bearer("bsat_junk").get(path).expect(401);
    int withoutScope = apache.api().bearer(other.rawToken()).get(path).status();
    assertTrue(withoutScope == 401 || withoutScope == 403, "expected a refusal: " + withoutScope);
    for (int i = 0; i < 2; i++) {
      ApiResult page = apache.api().bearer(reader.rawToken()).get(path).expect(200);
      assertEquals("the " + directory, page.text());
    }
    alice.revoke(reader.id());
    apache.api().bearer(reader.rawToken()).get(path).expect(401);
  }

  @Test
  void traefikRecipeIsSupported() throws IOException {
    Object auth =
        at(yaml("<!-- proxy: traefik -->"), "http", "middlewares", "catalog-read", "forwardAuth");
    String path = pathAndQuery(URI.create((String) at(auth, "address")));
    Api reader = application.api().bearer(alice.create(good().scopes("catalog:read")).rawToken());
    ApiResult yes =
        reader
            .call("GET", path)
            .header("X-Forwarded-Method", "DELETE")
            .header("X-Forwarded-Uri", "/catalog/x?scope=y")
            .header("X-Forwarded-For", "192.0.2.1")
            .send()
            .expect(204);
    for (Object header : (List<?>) at(auth, "authResponseHeaders")) {
      assertTrue(yes.header((String) header).isPresent(), yes::toString);
    }
    application.api().get(path).expect(401);
    String other = alice.create(good().scopes("techdocs:read")).rawToken();
    application.api().bearer(other).get(path).expect(403);
  }

  @Test
  void envoyRecipeIsSupported() throws IOException {
    Object filter = at(yaml("<!-- proxy: envoy -->"), "http_filters", 0, "typed_config");
    assertEquals(false, at(filter, "failure_mode_allow"));
    String prefix = (String) at(filter, "http_service", "path_prefix");
    Api reader = application.api().bearer(alice.create(good().scopes("catalog:read")).rawToken());
    String other = alice.create(good().scopes("techdocs:read")).rawToken();
    List<?> headers =
        (List<?>)
            at(
                filter,
                "http_service",
                "authorization_response",
                "allowed_upstream_headers",
                "patterns");
    for (String path :
        List.of(
            "/catalog?scope=admin&uri=x",
            "/..;/..;/..;/..;/api/openapi.json",
            "/../../../openapi.json",
            "/%2e%2e/%2F?a=%zz")) {
      for (String method : List.of("GET", "POST", "DELETE", "OPTIONS", "PATCH")) {
        String target = (prefix + path).replace("%", "%25");
        ApiResult yes = reader.call(method, target).send().expect(200);
        for (Object header : headers) {
          assertTrue(yes.header((String) at(header, "exact")).isPresent(), yes::toString);
        }
        application.api().call(method, target).send().expect(401);
        application.api().bearer(other).call(method, target).send().expect(403);
      }
    }
  }

  private static Object yaml(String comment) throws IOException {
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    return yaml.load(block(comment, "yaml"));
  }

  /** Returns the YAML value at a path of mapping names and list indexes. */
  private static Object at(Object yaml, Object... path) {
    Object found = yaml;
    for (Object step : path) {
      found =
          Objects.requireNonNull(
              found instanceof List<?> list
                  ? list.get((Integer) step)
                  : ((Map<?, ?>) found).get(step),
              () -> "nothing is at " + step);
    }
    return found;
  }

  private static String pathAndQuery(URI uri) {
    return uri.getRawPath() + '?' + uri.getRawQuery();
  }

  @Test
  @Order(LAST)
  void serviceOutageRejectsRequests() throws Exception {
    TestToken reader = alice.create(good().scopes("catalog:read"));
    with(reader.rawToken()).get("/catalog/").expect(200);
    application.kill();
    for (String path : List.of("/", "/catalog/")) {
      with(reader.rawToken()).get(path).expect(500);
      nginx.api().get(path).expect(500);
    }
    apache.api().bearer(reader.rawToken()).get("/catalog/").expect(401);
    apache.api().bearer(reader.rawToken()).get("/docs/").expect(401);
    assertFalse(nginx.log().contains(reader.rawToken()), "nginx logs the raw token");
  }
}
