package io.accesstokens.it;

import static io.accesstokens.it.YamlValues.at;
import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.ScriptedServer;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.ServiceTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.ProxyServer;
import io.accesstokens.testing.server.RunningApplication;
import io.accesstokens.testing.server.WarProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestClassOrder;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests real proxies with the documented configurations in front of one application. Tests the
 * documentation of other proxies with the requests that they would send.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestClassOrder(ClassOrderer.OrderAnnotation.class)
class ProxyIT {

  /** The only audience of the JWTs that personal tokens are exchanged for. */
  static final String OTHER_SERVICE = "another-service";

  private static final int LAST = Integer.MAX_VALUE;

  private final Map<DocumentedProxy, ProxyServer> proxies = new EnumMap<>(DocumentedProxy.class);

  /** A port of nginx on which the addresses of IPv4 clients are IPv4-mapped IPv6 addresses. */
  private final int mappingPort = RunningApplication.freePort();

  /** A port of Caddy with HTTP/2 without TLS. */
  private final int http2Port = RunningApplication.freePort();

  private RunningApplication service;
  private ScriptedServer application;
  private ServiceTokens alice;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    service = RunningApplication.start(withUser(WarProcess.inNewFolder().inSeparateProcess()));
    alice = new ServiceTokens(service.api().as("alice"));
    String secret = alice.create(good().scopes("access-tokens:introspect")).rawToken();
    application = new ScriptedServer();
    application.answer(ScriptedServer.whole("200 OK", "", ""));
    for (DocumentedProxy proxy : DocumentedProxy.values()) {
      DocumentedProxy.Ports ports =
          new DocumentedProxy.Ports(
              service.port(),
              application.port(),
              RunningApplication.freePort(),
              mappingPort,
              http2Port,
              secret);
      proxies.put(proxy, proxy.start(Files.createDirectory(folder.resolve(proxy.name())), ports));
    }
  }

  /** Adds a user with a password, because sample users cannot sign in through a proxy. */
  private static WarProcess withUser(WarProcess call) throws Exception {
    String hash = call.with("hash-password").run(DocumentedProxy.PASSWORD + "\n").out().strip();
    Path people =
        call.file(
            "people.yaml",
            Files.readString(Path.of("config/people.yaml"))
                + "\n  - username: %1$s\n    userEntityRef: user:default/%1$s\n    password: %2$s\n"
                    .formatted(DocumentedProxy.USER, hash));
    return call.with("--in-memory")
        .withGroups()
        .withEnvironment("ACCESSTOKENS_TRUSTEDPROXIES", "127.0.0.1")
        .withEnvironment("ACCESSTOKENS_LOGIN_USERSFILE", people.toString())
        .withEnvironment("ACCESSTOKENS_SERVICE_ALLOWINTROSPECTION", "true")
        .withEnvironment("ACCESSTOKENS_PERSONAL_AUDIENCE", OTHER_SERVICE)
        .withEnvironment("ACCESSTOKENS_SERVICE_ADMIN_USERENTITYREFS", "user:default/alice");
  }

  @AfterAll
  void close() throws IOException {
    proxies.values().forEach(ProxyServer::close);
    application.close();
    service.close();
  }

  ProxyServer proxy(DocumentedProxy kind) {
    return Objects.requireNonNull(proxies.get(kind));
  }

  /** Returns a client that calls access-tokens without a proxy. */
  Api api() {
    return service.api();
  }

  ServiceTokens alice() {
    return alice;
  }

  /** Returns the requests that the application behind the proxies has received; can be cleared. */
  List<String> forwarded() {
    return application.requests();
  }

  @Nested
  class Nginx extends Http2ProxyContract {
    Nginx() {
      super(DocumentedProxy.NGINX, ProxyIT.this, proxy(DocumentedProxy.NGINX).port());
    }

    @Test
    void limitedTokenIsAcceptedFromItsIpv6AddressOnly() throws IOException {
      int port = proxy(DocumentedProxy.NGINX).port();
      for (String address : List.of("::1", "0:0:0:0:0:0:0:1/128", "::/127")) {
        TestToken made = limitedTo(address);
        assertEquals(200, statusFrom("::1", port, made, ""), address);
        assertEquals(401, statusFrom("127.0.0.1", port, made, ""), address);
      }
      TestToken made = limitedTo("2001:db8::/32");
      for (String header : List.of("", "X-Forwarded-For: 2001:db8::1\r\n")) {
        assertEquals(401, statusFrom("::1", port, made, header), header);
      }
      assertEquals(401, statusFrom("::1", port, limitedTo("127.0.0.0/8"), ""));
    }

    /** An IPv4-mapped IPv6 address means the same client as the IPv4 address. */
    @Test
    void mappedAddressesMeanIpv4Clients() throws IOException {
      int port = proxy(DocumentedProxy.NGINX).port();
      for (String address : List.of("127.0.0.2", "::ffff:127.0.0.2")) {
        TestToken made = limitedTo(address);
        assertEquals(200, statusFrom("127.0.0.2", port, made, ""), address);
        assertEquals(200, statusFrom("127.0.0.2", mappingPort, made, ""), address);
        for (String header : List.of("", "X-Forwarded-For: ::ffff:127.0.0.2\r\n")) {
          assertEquals(401, statusFrom("127.0.0.3", mappingPort, made, header), address);
        }
      }
    }
  }

  @Nested
  class Caddy extends Http2ProxyContract {
    Caddy() {
      super(DocumentedProxy.CADDY, ProxyIT.this, http2Port);
    }
  }

  @Nested
  class Haproxy extends Http2ProxyContract {
    Haproxy() {
      super(DocumentedProxy.HAPROXY, ProxyIT.this, proxy(DocumentedProxy.HAPROXY).port());
    }
  }

  @Nested
  class ModOauth2 extends ProxyContract {
    ModOauth2() {
      super(DocumentedProxy.MOD_OAUTH2, ProxyIT.this);
    }
  }

  @Nested
  class ModAuthOpenidc extends ProxyContract {
    ModAuthOpenidc() {
      super(DocumentedProxy.MOD_AUTH_OPENIDC, ProxyIT.this);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"MOD_OAUTH2", "MOD_AUTH_OPENIDC"})
  void otherSitesOfApacheStayAsTheyAre(DocumentedProxy apache) {
    Api otherSite = Api.at(URI.create("http://127.0.0.2:" + proxy(apache).port()));
    assertEquals("other site", otherSite.get("/page.txt").expect(200).text());
  }

  @Test
  void basicIsForbiddenAndSampleUsersCannotSignIn() {
    verify(service.api().basic(DocumentedProxy.USER, DocumentedProxy.PASSWORD)).expect(403);
    verify(service.api().as("alice")).expect(401);
  }

  private static ApiResult verify(Api caller) {
    return caller.call("GET", VerifyTopic.VERIFY).header("X-Forwarded-For", "192.0.2.1").send();
  }

  @Test
  void traefikRecipeIsSupported() throws IOException {
    Object recipe = yaml("proxy: traefik");
    assertEquals(
        "PathPrefix(`/`) && !Method(`CONNECT`)", at(recipe, "http", "routers", "catalog", "rule"));
    Object middlewares = at(recipe, "http", "middlewares");
    Object auth = at(middlewares, "catalog-read", "forwardAuth");
    for (String removed : List.of("Authorization", "Upgrade")) {
      assertEquals(
          "", at(middlewares, "without-token", "headers", "customRequestHeaders", removed));
    }
    String path = pathAndQuery(URI.create((String) at(auth, "address")));
    Api reader = service.api().bearer(alice.create(good().scopes("catalog:read")).rawToken());
    ApiResult yes =
        reader
            .call("GET", path)
            .header("X-Forwarded-Method", "DELETE")
            .header("X-Forwarded-Uri", "/catalog/x?scope=y")
            .header("X-Forwarded-For", "192.0.2.1")
            .send()
            .expect(204);
    Pattern replaced = Pattern.compile((String) at(auth, "authResponseHeadersRegex"));
    for (String header : ProxyContract.IDENTITY) {
      assertTrue(yes.header(header).isPresent(), yes::toString);
      for (String sent :
          List.of(
              header,
              header.replace('-', '_'),
              header.replace('-', '.'),
              header.replaceFirst("-", "_"),
              header.replace("Token-", "token_"))) {
        assertTrue(replaced.matcher(sent).find(), sent);
      }
    }
    service.api().get(path).expect(401);
    String other = alice.create(good().scopes("techdocs:read")).rawToken();
    service.api().bearer(other).get(path).expect(403);
  }

  @Test
  void envoyRecipeIsSupported() throws IOException {
    Object filter = at(yaml("proxy: envoy"), "http_filters", 0, "typed_config");
    assertEquals(false, at(filter, "failure_mode_allow"));
    String prefix = (String) at(filter, "http_service", "path_prefix");
    String rawToken = alice.create(good().scopes("catalog:read")).rawToken();
    Api reader = service.api().bearer(rawToken);
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
        service.api().call(method, target).send().expect(401);
        service.api().bearer(other).call(method, target).send().expect(403);
      }
    }
    // Browsers send these characters as they are. A percent sign begins a wrong encoding here.
    for (String path :
        List.of("/catalog?a[]={b}|c\\d^e`f", "/|[x]", "/%zz?a=%", "/%ff%00?%u0041")) {
      assertEquals(200, rawStatus(prefix + path, rawToken), path);
      assertEquals(403, rawStatus(prefix + path, other), path);
      assertEquals(401, rawStatus(prefix + path, "bsat_junk"), path);
    }
    for (String path : List.of("/a\"b", "/a<b>", "/a\u00e9")) {
      assertEquals(400, rawStatus(prefix + path, rawToken), path);
    }
  }

  /** Sends a target that an HTTP client would encode, and returns the status. */
  private int rawStatus(String target, String rawToken) {
    return service
        .socket()
        .send(
            "GET "
                + target
                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                + rawToken
                + "\r\n\r\n")
        .status();
  }

  private static Object yaml(String comment) throws IOException {
    return YamlValues.parse(DocumentedProxy.block(comment, "yaml"));
  }

  private static String pathAndQuery(URI uri) {
    return uri.getRawPath() + '?' + uri.getRawQuery();
  }

  /** Freezes and kills access-tokens. */
  @Nested
  @Order(LAST)
  @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
  class Outage {

    private int statusThrough(DocumentedProxy kind, TestToken token) {
      return proxy(kind).api().bearer(token.rawToken()).get("/").status();
    }

    @Test
    void frozenServiceRejectsRequestsInBoundedTime() {
      TestToken reader = alice.create(good().scopes("catalog:read"));
      Map<DocumentedProxy, CompletableFuture<Integer>> waits = new EnumMap<>(DocumentedProxy.class);
      application.requests().clear();
      service.pause();
      try {
        for (DocumentedProxy kind : DocumentedProxy.values()) {
          Duration bound = Duration.ofSeconds(kind.frozenSeconds() + 5L);
          waits.put(
              kind,
              CompletableFuture.supplyAsync(
                  () -> TimeLimits.within(bound, () -> statusThrough(kind, reader))));
        }
        waits.forEach((kind, wait) -> assertEquals(kind.frozenStatus(), wait.join(), kind::name));
        assertEquals(List.of(), application.requests(), "forwarded without a verification");
      } finally {
        service.resume();
      }
      for (DocumentedProxy kind : DocumentedProxy.values()) {
        Awaitility.await(kind + " recovers").until(() -> statusThrough(kind, reader) == 200);
      }
    }

    @Test
    @Order(LAST)
    void serviceOutageRejectsRequests() throws Exception {
      TestToken reader = alice.create(good().scopes("catalog:read"));
      for (DocumentedProxy kind : DocumentedProxy.values()) {
        assertEquals(200, statusThrough(kind, reader), kind::name);
      }
      application.requests().clear();
      service.kill();
      for (DocumentedProxy kind : DocumentedProxy.values()) {
        assertEquals(kind.stoppedStatus(), statusThrough(kind, reader), kind::name);
        assertTrue(proxy(kind).api().get("/").status() >= 400, kind::name);
        assertFalse(proxy(kind).log().contains(reader.rawToken()), kind + " logs the raw token");
      }
      assertEquals(List.of(), application.requests(), "forwarded without a verification");
    }
  }
}
