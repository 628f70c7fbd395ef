package io.accesstokens.it;

import static io.accesstokens.testing.client.TokenRequest.good;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.Exchanges;
import io.accesstokens.testing.client.PersonalTokens;
import io.accesstokens.testing.client.RawHttp;
import io.accesstokens.testing.client.ShortLivedTokens;
import io.accesstokens.testing.client.TestToken;
import io.accesstokens.testing.server.ProxyServer;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests that a proxy with its documented configuration forwards only requests with a good token,
 * and that the application receives the right identity and no raw token.
 */
abstract class ProxyContract {

  static final List<String> IDENTITY =
      List.of(
          "X-Access-Token-Subject",
          "X-Access-Token-Scopes",
          "X-Access-Token-Id",
          "X-Access-Token-Expires");
  private static final Pattern IDENTITY_LINE =
      Pattern.compile("(?i)x.access.token.(subject|scopes|id|expires) *:.*");
  private static final Pattern HTTP2_UPGRADE = Pattern.compile("(?im)^upgrade *:.*h2c");
  private static final List<String> PATHS =
      List.of(
          "/",
          "/catalog",
          "//catalog/",
          "/catalog/../x",
          "/%2e%2e/x",
          "/catalog%2Fx",
          "/a/..;/catalog",
          "/catalog?scope=techdocs:read",
          "/_verify",
          "/api/access-tokens/verify",
          "/access-tokens-refusal/..;/..;/..;/health/ready",
          "/access-tokens-refusal/..;/..;/..;/api/openapi.json",
          "/access-tokens-refusal;/..;/..;/..;/health/ready",
          "/access-tokens-refusal/health",
          "/access-tokens-refusalhealth",
          "http://localhost/catalog");
  private static final List<String> METHODS =
      List.of("HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get");
  private static final String UPGRADE =
      """
      Connection: Upgrade
      Upgrade: websocket
      Sec-WebSocket-Version: 13
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==""";

  private final DocumentedProxy kind;
  private final ProxyServer proxy;
  private final ProxyIT running;

  ProxyContract(DocumentedProxy kind, ProxyIT running) {
    this.kind = kind;
    this.running = running;
    this.proxy = running.proxy(kind);
  }

  @BeforeEach
  void forgetRequests() {
    running.forwarded().clear();
  }

  private Api with(TestToken token) {
    return proxy.api().bearer(token.rawToken());
  }

  TestToken tokenWith(String... scopes) {
    return running.alice().create(good().scopes(scopes));
  }

  private static String bearer(TestToken token) {
    return "Authorization: Bearer " + token.rawToken();
  }

  /** Sends a request that no HTTP client would send, and returns the status. */
  private int status(String requestLine, String... headers) {
    String lines = String.join("\n", headers);
    String connection = lines.contains("Connection:") ? "" : "\nConnection: close";
    String request =
        requestLine
            + "\nHost: localhost"
            + connection
            + (lines.isEmpty() ? "" : "\n")
            + lines
            + "\n\n";
    return send(request);
  }

  private int send(String request) {
    return new RawHttp(proxy.port(), "", new Exchanges())
        .send(request.replace("\n", "\r\n"))
        .status();
  }

  /** Sends a request with HTTP/1.0 and without a Host header, and returns the status. */
  private String oldStatus(String headers) {
    String response =
        new RawHttp(proxy.port(), "", new Exchanges())
            .exchange("GET / HTTP/1.0\r\n" + headers + "\r\n");
    return response.substring(response.indexOf(' ') + 1).substring(0, 3);
  }

  void assertNothingForwarded(String sent) {
    assertEquals(List.of(), running.forwarded(), sent);
  }

  private void assertRefused(int status, String sent) {
    assertTrue(status >= 400, () -> "expected a refusal but was " + status + " for " + sent);
    assertNothingForwarded(sent);
  }

  /** Requires that each forwarded request names the token, and contains no raw token. */
  void assertForwardedWithIdentity(TestToken token, String sent) {
    ApiResult verified = running.api().bearer(token.rawToken()).get(VerifyTopic.VERIFY).expect(204);
    List<String> expected =
        IDENTITY.stream()
            .map(name -> name.toLowerCase(Locale.ROOT) + ": " + verified.headerLine(name))
            .sorted()
            .toList();
    assertFalse(running.forwarded().isEmpty(), () -> "nothing was forwarded: " + sent);
    for (String request : running.forwarded()) {
      List<String> seen =
          request
              .lines()
              .filter(line -> IDENTITY_LINE.matcher(line).matches())
              .map(ProxyContract::withLowerCaseName)
              .sorted()
              .toList();
      assertEquals(expected, seen, () -> sent + " was forwarded as " + request);
      assertFalse(request.contains(token.rawToken()), () -> "raw token in " + request);
    }
    running.forwarded().clear();
  }

  private static String withLowerCaseName(String line) {
    int colon = line.indexOf(':');
    return line.substring(0, colon).toLowerCase(Locale.ROOT) + line.substring(colon);
  }

  @Test
  void goodTokenIsForwardedWithItsIdentity() {
    TestToken reader = tokenWith("catalog:read");
    with(reader).get("/catalog/?a=b").expect(200);
    with(reader).call("HEAD", "/").send().expect(200);
    assertForwardedWithIdentity(reader, "GET and HEAD");
    with(reader).call("POST", "/").body("the body").send().expect(200);
    assertTrue(
        running.forwarded().get(0).endsWith("\r\n\r\nthe body"), running.forwarded()::toString);
    assertForwardedWithIdentity(reader, "POST");
    assertEquals(200, status("GET / HTTP/1.1", UPGRADE, bearer(reader)), "WebSocket");
    assertForwardedWithIdentity(reader, "WebSocket");
    String underscore = "GET / HTTP/1.1\nHost: my_catalog\nConnection: close\n";
    assertEquals(200, send(underscore + bearer(reader) + "\n\n"), "underscore in Host");
    assertForwardedWithIdentity(reader, "underscore in Host");
    assertEquals("200", oldStatus(bearer(reader) + "\r\n"), "HTTP/1.0");
    assertForwardedWithIdentity(reader, "HTTP/1.0 without Host");
  }

  @Test
  void tokenWithSeveralScopesIsForwarded() {
    TestToken both = tokenWith("techdocs:read", "catalog:read", "scaffolder:read");
    with(both).get("/").expect(200);
    assertForwardedWithIdentity(both, "several scopes");
  }

  @Test
  void requestWithoutAGoodTokenIsRefused() {
    ApiResult anonymous = proxy.api().get("/").expect(401);
    ApiResult junk = proxy.api().bearer("bsat_junk").get("/").expect(401);
    for (ApiResult refusal : List.of(anonymous, junk)) {
      String challenges = String.join(", ", refusal.headers("WWW-Authenticate"));
      assertTrue(challenges.contains("Bearer"), refusal::toString);
      assertFalse(challenges.contains("Basic"), refusal::toString);
    }
    String raw = tokenWith("catalog:read").rawToken();
    proxy.api().get("/?access_token=" + raw).expect(401);
    assertRefused(
        proxy.api().basic(DocumentedProxy.USER, DocumentedProxy.PASSWORD).get("/").status(),
        "Basic");
    for (String path : PATHS) {
      assertRefused(status("GET " + path + " HTTP/1.1"), path);
    }
    for (String method : METHODS) {
      assertRefused(status(method + " / HTTP/1.1"), method);
      assertRefused(status(method + " / HTTP/1.1", "Access-Control-Request-Method: GET"), method);
    }
    assertRefused(status("CONNECT localhost:80 HTTP/1.1"), "CONNECT");
    assertRefused(status("GET / HTTP/1.1", UPGRADE), "WebSocket");
    assertRefused(status("GET / HTTP/1.1", "Authorization:"), "empty header");
    assertRefused(status("GET / HTTP/1.1", "Cookie: access_token=" + raw), "cookie");
    assertEquals("401", oldStatus(""), "HTTP/1.0 without Host");
    send("OPTIONS * HTTP/1.1\nHost: x\nConnection: close\n\n");
    assertNothingForwarded("HTTP/1.0 without Host, and OPTIONS *");
  }

  @Test
  void tokenWithoutTheScopeIsRefused() {
    TestToken other = tokenWith("techdocs:read");
    with(other).get("/").expect(403);
    for (String path : PATHS) {
      assertRefused(status("GET " + path + " HTTP/1.1", bearer(other)), path);
    }
    for (String method : METHODS) {
      assertRefused(status(method + " / HTTP/1.1", bearer(other)), method);
    }
    assertRefused(
        status("GET / HTTP/1.1", bearer(other), "X-Access-Token-Scopes: catalog:read"), "forged");
  }

  @Test
  void jwtForAnotherServiceIsRefused() {
    TestToken personal = new PersonalTokens(running.api().as("alice")).create("catalog:read");
    with(personal).get("/").expect(200);
    assertForwardedWithIdentity(personal, "personal token");
    String jwt = ShortLivedTokens.exchange(running.api(), personal.rawToken());
    JsonObject claims = ShortLivedTokens.claims(jwt);
    assertEquals("catalog:read", claims.getString("scope"));
    assertEquals(ProxyIT.OTHER_SERVICE, claims.getString("aud"));
    int status = proxy.api().bearer(jwt).get("/").status();
    assertTrue(status == 401 || status == 403, () -> "expected 401 or 403 but was " + status);
    assertNothingForwarded("a JWT for another service");
  }

  @Test
  void revokedTokenIsRejectedAtOnce() {
    for (int i = 0; i < 20; i++) {
      TestToken made = tokenWith("catalog:read");
      with(made).get("/").expect(200);
      with(made).get("/").expect(200);
      if (i % 2 == 0) {
        running.alice().revoke(made.id());
      } else {
        running.api().form(OAuthTopic.REVOKE, "token=" + made.rawToken()).expect(200);
      }
      with(made).get("/").expect(401);
    }
  }

  @Test
  void forgedIdentityIsNeverForwarded() {
    TestToken reader = tokenWith("catalog:read");
    for (String name : IDENTITY) {
      String forged = name + ": forged";
      assertEquals(
          kind.forgedStatus(), status("GET / HTTP/1.1", bearer(reader), forged, forged), name);
      for (String sent :
          List.of(
              forged.toLowerCase(Locale.ROOT),
              forged.toUpperCase(Locale.ROOT),
              forged.replace('-', '_'),
              forged.replaceFirst("-", "_"),
              forged.replace('-', '.'),
              forged.replace("s-T", "s~T"),
              forged.toLowerCase(Locale.ROOT).replace("token-", "token_"),
              name + " : forged",
              name + ":forged\n" + forged.replace('-', '_'))) {
        int status = status("GET / HTTP/1.1", bearer(reader), sent);
        if (running.forwarded().isEmpty()) {
          assertRefused(status, sent);
        } else {
          assertForwardedWithIdentity(reader, sent);
        }
      }
    }
  }

  /** A client can name headers that a proxy removes (RFC 9110, section 7.6.1). */
  @Test
  void clientCannotRemoveTheIdentity() {
    TestToken reader = tokenWith("catalog:read");
    for (String name : IDENTITY) {
      for (String removed : List.of(name, name.toLowerCase(Locale.ROOT), "TE, " + name)) {
        String sent = "Connection: close, " + removed;
        int status = status("GET / HTTP/1.1", bearer(reader), sent);
        if (running.forwarded().isEmpty()) {
          assertRefused(status, sent);
        } else {
          assertForwardedWithIdentity(reader, sent);
        }
      }
    }
    int status = status("GET / HTTP/1.1", bearer(reader), "Connection: close, Authorization");
    if (!running.forwarded().isEmpty()) {
      assertForwardedWithIdentity(reader, "Connection: Authorization");
    } else {
      assertRefused(status, "Connection: Authorization");
    }
  }

  /** After an upgrade to HTTP/2, a proxy passes further requests without a verification. */
  @Test
  void upgradeToHttp2IsNeverForwarded() {
    TestToken reader = tokenWith("catalog:read");
    for (String upgrade :
        List.of(
            "h2c",
            "H2C",
            "h2c, websocket",
            "websocket, h2c",
            "h2c\nUpgrade: websocket",
            "websocket\nUpgrade: h2c")) {
      for (String connection : List.of("Upgrade", "Upgrade, HTTP2-Settings")) {
        String sent =
            "Connection: "
                + connection
                + "\nUpgrade: "
                + upgrade
                + "\nHTTP2-Settings: AAMAAABkAAQAAP__";
        int status = status("GET / HTTP/1.1", bearer(reader), sent);
        for (String request : running.forwarded()) {
          assertFalse(
              HTTP2_UPGRADE.matcher(request).find(), () -> sent + " was forwarded as " + request);
        }
        if (running.forwarded().isEmpty()) {
          assertRefused(status, sent);
        } else {
          assertForwardedWithIdentity(reader, sent);
        }
      }
    }
  }

  /**
   * After a successful CONNECT, a proxy could pass further requests without a verification. An
   * application that ignores the body of CONNECT reads the body as a request.
   */
  @Test
  void connectIsNeverForwarded() {
    TestToken reader = tokenWith("catalog:read");
    String next = "GET / HTTP/1.1\r\nHost: localhost\r\nX-Access-Token-Subject: forged\r\n\r\n";
    for (String target : List.of("localhost:80", "/catalog")) {
      for (String length :
          List.of(
              "",
              "Content-Length: " + next.length() + "\r\n",
              "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(next.length()))) {
        String sent =
            "CONNECT %s HTTP/1.1\r\nHost: localhost:80\r\nConnection: close\r\n%s\r\n%s\r\n%s\r\n0\r\n\r\n"
                .formatted(target, bearer(reader), length, next);
        String response =
            new RawHttp(proxy.port(), "", new Exchanges())
                .exchangeWithin(Duration.ofSeconds(5), sent);
        assertFalse(response.isBlank(), sent);
        assertNothingForwarded(sent);
      }
    }
  }

  @Test
  void severalCredentialsAreRefused() {
    TestToken reader = tokenWith("catalog:read");
    TestToken other = tokenWith("techdocs:read");
    String basic = "Authorization: Basic YWxpY2U6YWxpY2U=";
    for (List<String> pair :
        List.of(
            List.of(bearer(reader), bearer(other)),
            List.of(bearer(other), bearer(reader)),
            List.of(bearer(reader), basic),
            List.of(basic, bearer(reader)),
            List.of(bearer(reader) + ", Bearer " + other.rawToken()))) {
      assertRefused(status("GET / HTTP/1.1", pair.toArray(String[]::new)), pair.toString());
    }
  }

  /** The headers together exceed the limit of access-tokens. */
  @Test
  void largeCookieIsForwarded() {
    TestToken reader = tokenWith("catalog:read");
    String cookie = "name=" + "a".repeat(8_100);
    assertEquals(200, status("GET / HTTP/1.1", bearer(reader), "Cookie: " + cookie));
    assertTrue(running.forwarded().get(0).contains(cookie), "the cookie was not forwarded");
    assertForwardedWithIdentity(reader, "a large cookie");
    assertEquals(401, status("GET / HTTP/1.1", "Cookie: " + cookie), "without a token");
  }

  @Test
  void oversizedHeadersAreRefused() {
    String big = "a".repeat(9_000);
    assertRefused(status("GET / HTTP/1.1", "Authorization: Bearer " + big), "a large token");
    assertRefused(status("GET / HTTP/1.1", "Cookie: " + big), "a large cookie without a token");
  }

  @Test
  void limitedTokenIsAcceptedFromItsAddressOnly() throws IOException {
    TestToken made = limitedTo("127.0.0.2\",\"192.0.2.1");
    int accepted = kind.sendsAddress() ? 200 : 401;
    for (String header :
        List.of(
            "",
            "X-Forwarded-For: 127.0.0.2\r\n",
            "X-Forwarded-For: 192.0.2.1, 127.0.0.2\r\nX-Forwarded-For: 192.0.2.1\r\n",
            "Forwarded: for=192.0.2.1\r\n",
            "Connection: X-Forwarded-For\r\nX-Forwarded-For: 192.0.2.1\r\n",
            "x-forwarded-for: 192.0.2.1\r\nForwarded: for=127.0.0.2\r\nX-Real-IP: 127.0.0.2\r\n")) {
      assertEquals(401, statusFrom("127.0.0.3", proxy.port(), made, header), header);
      assertEquals(accepted, statusFrom("127.0.0.2", proxy.port(), made, header), header);
    }
    running.alice().update(made.id(), "{\"allowedAddresses\":[\"127.0.0.3\"]}");
    assertEquals(401, statusFrom("127.0.0.2", proxy.port(), made, ""), "former address");
    assertEquals(accepted, statusFrom("127.0.0.3", proxy.port(), made, ""), "new address");
  }

  @Test
  void tokenBeyondItsRateIsRefused() {
    TestToken made =
        running.alice().create(good().scopes("catalog:read").with("requestsPerMinute", "2"));
    with(made).get("/").expect(200);
    with(made).get("/").expect(200);
    if (!kind.sendsAddress()) {
      with(made).get("/").expect(200); // introspection does not count requests
      return;
    }
    ApiResult limited = with(made).get("/").expect(429);
    int wait = Integer.parseInt(limited.headerLine("Retry-After"));
    assertTrue(wait >= 1 && wait <= 60, limited::toString);
  }

  TestToken limitedTo(String address) {
    return running
        .alice()
        .create(good().scopes("catalog:read").with("allowedAddresses", "[\"" + address + "\"]"));
  }

  /** Sends a request to a port of the proxy from a loopback address, and returns the status. */
  int statusFrom(String localAddress, int port, TestToken made, String headers) throws IOException {
    InetAddress local = InetAddress.getByName(localAddress);
    InetAddress server = InetAddress.getByName(local instanceof Inet6Address ? "::1" : "127.0.0.1");
    try (Socket socket = new Socket(server, port, local, 0)) {
      socket.setSoTimeout(60_000);
      String close = headers.startsWith("Connection") ? "" : "Connection: close\r\n";
      String request =
          "GET / HTTP/1.1\r\nHost: localhost\r\n"
              + close
              + bearer(made)
              + "\r\n"
              + headers
              + "\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new RawHttp(port, "", new Exchanges()).read(socket, "GET /").status();
    }
  }
}
