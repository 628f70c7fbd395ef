package io.accesstokens.it.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.client.RawHttp;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests the REST resources within the shop example. The class path of the example has only the
 * documented jars and a Jakarta REST runtime.
 */
class EmbeddedRoutesIT {

  private static final String TOKENS = "/api/access-tokens/service";
  private static final String INTROSPECT = "/api/access-tokens/introspect";
  private static final String REVOKE = "/api/access-tokens/revoke";
  private static final String VERIFY = "/api/access-tokens/verify";
  private static final String WHOAMI = "/api/access-tokens/whoami";
  private static final String NEW =
      """
      {"name": "%s", "description": "d", "groupEntityRef": "group:shop/checkout",
       "scopes": ["orders:read", "catalog:read"]}\
      """;

  @TempDir Path folder;

  private ExampleProcess shop(HostRuntime runtime, String... arguments) throws IOException {
    Set<Path> jars = new LinkedHashSet<>(LibraryJars.withDependencies("rest"));
    jars.addAll(LibraryJars.withDependencies("store"));
    jars.addAll(runtime.libraries());
    if (runtime == HostRuntime.JERSEY) {
      jars.removeIf(jar -> jar.toString().contains("grizzly")); // rejects a body with DELETE
      jars.add(LibraryJars.jdkHttpServer());
    }
    return ExampleProcess.start(folder, "embed.ShopServer", List.copyOf(jars), arguments);
  }

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({
    "JERSEY,",
    "JERSEY,jdbc:h2:./shop;WRITE_DELAY=0",
    "RESTEASY,",
    "RESTEASY,jdbc:h2:./shop"
  })
  void tokenIsCreatedUsedAndRevoked(HostRuntime runtime, @Nullable String database)
      throws Exception {
    String[] arguments = database == null ? new String[0] : new String[] {database};
    try (ExampleProcess shop = shop(runtime, arguments)) {
      Api ada = shop.api().basic("ada", "countess");
      ApiResult created = ada.post(TOKENS, NEW.formatted("deploy")).expect(201);
      JsonObject token = created.json().getJsonObject("token");
      String path = TOKENS + '/' + token.getString("id");
      assertEquals(path, created.headerLine("Location"));
      assertEquals("no-store", created.headerLine("Cache-Control"));
      assertEquals("user:default/ada", token.getString("createdBy"));
      assertTrue(token.isNull("lastUsedAt"), token::toString);
      ada.post(TOKENS, NEW.formatted("deploy")).problem(409);

      Api script = shop.api().bearer(created.json().getString("rawToken"));
      JsonObject me = script.get(WHOAMI).ok();
      assertEquals("service-token:group:shop/checkout:deploy", me.getString("subject"));
      assertEquals("user:default/ada", ada.get(WHOAMI).ok().getString("subject"));

      JsonObject page = ada.get(TOKENS + "?limit=1").ok();
      assertEquals(token.getString("id"), id(page));
      assertFalse(page.containsKey("totalIsLowerBound"), "absent members stay absent");
      assertTrue(page.isNull("next"), "null members are written");

      assertEquals(204, ada.delete(path, "{\"reason\": \"leaked\"}").status());
      assertEquals(
          "Bearer realm=\"access-tokens\", error=\"invalid_token\", Basic realm=\"shop\"",
          script.get(WHOAMI).problem(401).headerLine("WWW-Authenticate"));
      ada.delete(path, "{\"reason\": \"again\"}").problem(409);
      JsonObject auditLog = ada.get(path + "/audit").ok();
      assertEquals(2, auditLog.getInt("total"));
      assertEquals(0, shop.end(), shop::log);
    }
    if (database != null) {
      assertEquals(1, List.of(folder.toFile().list((dir, name) -> name.endsWith(".mv.db"))).size());
    }
  }

  @ParameterizedTest
  @EnumSource
  void responsesAreIndependentOfTheHost(HostRuntime runtime) throws Exception {
    try (ExampleProcess shop = shop(runtime)) {
      Api anonymous = shop.api();
      Api ada = anonymous.basic("ada", "countess");
      Api linus = anonymous.basic("linus", "kernel");
      Api grace = anonymous.basic("grace", "compiler");
      String id =
          ada.post(TOKENS, NEW.formatted("deploy"))
              .expect(201)
              .json()
              .getJsonObject("token")
              .getString("id");
      String path = TOKENS + '/' + id;

      assertEquals(
          "Bearer realm=\"access-tokens\", Basic realm=\"shop\"",
          anonymous.get(TOKENS).problem(401).headerLine("WWW-Authenticate"));
      anonymous.bearer("junk").get(TOKENS).problem(401);
      assertEquals(
          "Bearer realm=\"access-tokens\", Basic realm=\"shop\"",
          anonymous.basic("ada", "wrong").get(TOKENS).problem(401).headerLine("WWW-Authenticate"));
      linus.get(path).problem(404);
      linus.post(TOKENS, NEW.formatted("mine")).problem(403);
      grace.get(path).ok();
      ApiResult denied =
          anonymous
              .bearer(ada.post(TOKENS, NEW.formatted("script")).json().getString("rawToken"))
              .get(TOKENS)
              .problem(403);
      assertTrue(
          denied.json().getString("error").contains("access-tokens:service:read"),
          denied::toString);

      ada.post(TOKENS, NEW.formatted("deploy")).problem(409);
      ada.post(TOKENS, NEW.formatted("Deploy")).violates("name");
      ada.post(TOKENS, "{").problem(400);
      ada.get(TOKENS + "?limit=x").problem(400);
      ada.call("POST", TOKENS).body("{}").send().problem(415);
      // RESTEasy parses the header before any filter runs.
      ada.call("POST", TOKENS)
          .header("Content-Type", "json")
          .body("{}")
          .send()
          .expect(runtime == HostRuntime.RESTEASY ? 400 : 415);
      ada.call("GET", TOKENS).header("Accept", "text/html").send().problem(406);
      ada.call("GET", TOKENS).header("Accept", "application/json;q=0").send().problem(406);
      ada.call("GET", TOKENS)
          .header("Accept", "text/html, application/json;charset=utf-16")
          .send()
          .ok();
      ada.call("PUT", TOKENS).json("{}").send().problem(405);
      ada.get("/api/access-tokens/nothing").problem(404);
      ada.call("POST", TOKENS)
          .header("Content-Type", "application/json")
          .chunked(("{\"a\":\"" + "x".repeat(110_000) + "\"}").getBytes(StandardCharsets.UTF_8))
          .send()
          .problem(413);
      String rotate = path + "/rotate";
      ada.call("POST", rotate).header("Sec-Fetch-Site", "cross-site").send().problem(403);
      ada.call("POST", rotate).header("Origin", "http://evil.example").send().problem(403);
      ada.call("POST", rotate).header("Origin", ada.origin()).send().expect(200);
      ada.call("POST", rotate).send().expect(200);
      ApiResult me = ada.get("/api/access-tokens;a=b/whoami").expect(200);
      assertEquals("no-store", me.headerLine("Cache-Control"));
      assertEquals("nosniff", me.headerLine("X-Content-Type-Options"));
      ada.get("/api/access-tokens;a=b/nothing").problem(404);
      JsonObject paths = anonymous.get("/api/openapi.json").ok().getJsonObject("paths");
      assertTrue(paths.containsKey("/access-tokens/user-tokens"), paths::toString);
      assertFalse(paths.containsKey("/auth/v1/token"), "the host does not mount this path");
    }
  }

  @ParameterizedTest
  @EnumSource
  void resourceServersAndProxiesAreServed(HostRuntime runtime) throws Exception {
    try (ExampleProcess shop = shop(runtime)) {
      Api anonymous = shop.api();
      Api grace = anonymous.basic("grace", "compiler");
      ApiResult made = grace.post(TOKENS, NEW.formatted("deploy")).expect(201);
      String raw = made.json().getString("rawToken");
      String form = "token=" + raw;

      JsonObject said = grace.form(INTROSPECT, form).ok();
      assertTrue(said.getBoolean("active"), said::toString);
      assertEquals("service-token:group:shop/checkout:deploy", said.getString("sub"));
      assertFalse(said.containsKey("iss"), "a shop that does not say where it is");
      assertOAuth(anonymous.form(INTROSPECT, form), 401, "invalid_client");
      assertOAuth(anonymous.bearer(raw).form(INTROSPECT, form), 403, "insufficient_scope");
      String secret = "client_secret=" + raw + '&' + form;
      assertOAuth(anonymous.form(INTROSPECT, secret), 401, "invalid_client");
      assertOAuth(anonymous.form(REVOKE, secret), 401, "invalid_client");
      assertOAuth(grace.form(INTROSPECT, secret), 400, "invalid_request");
      assertOAuth(grace.form(INTROSPECT, "token="), 400, "invalid_request");
      assertOAuth(grace.get(INTROSPECT), 405, "invalid_request");
      assertOAuth(grace.post(INTROSPECT, "{}"), 415, "invalid_request");
      String other = INTROSPECT.replace("access-tokens", "access-tokens;a=b");
      assertOAuth(anonymous.form(other, form), 401, "invalid_client");
      assertOAuth(grace.form(other, "token="), 400, "invalid_request");

      Api script = anonymous.bearer(raw);
      script.get(VERIFY + "?scope=orders:read").expect(204);
      script.call("OPTIONS", VERIFY).send().expect(204);
      anonymous.call("OPTIONS", VERIFY).send().problem(401);
      script.get(VERIFY + "?scope=orders:refund").problem(403);

      anonymous.form(REVOKE, form).expect(200);
      anonymous.form(REVOKE, form).expect(200);
      assertOAuth(anonymous.form(REVOKE, ""), 400, "invalid_request");
      refusesMalformedInput(shop.socket());
      assertFalse(shop.log().contains("Exception"), shop::log);
      script.get(VERIFY).problem(401);
      assertFalse(
          grace.form(INTROSPECT, form).ok().getBoolean("active"), "the revoked token is active");
    }
  }

  private static void refusesMalformedInput(RawHttp socket) {
    String end = "Host: " + socket.host() + "\r\nContent-Length: 0\r\nConnection: close\r\n";
    String type = "Content-Type: ";
    String form = type + "application/x-www-form-urlencoded\r\n\r\n";
    for (String query : List.of("%zz", "%", "a=%f", "%ff", "token=%zz")) {
      String target = REVOKE + '?' + query + " HTTP/1.1\r\n";
      socket.send("POST " + target + end + form).expect(400);
    }
    for (String many : List.of(";a=b".repeat(1_700), ';' + " ".repeat(3_000) + '(')) {
      String accept = "Accept: a/b" + many + "\r\n\r\n";
      socket.send("GET " + TOKENS + " HTTP/1.1\r\n" + end + accept).expectOneOf(400, 401, 406);
      String body = type + "a/b" + many + "\r\n\r\n";
      socket.send("POST " + TOKENS + " HTTP/1.1\r\n" + end + body).expectOneOf(400, 401, 415);
    }
  }

  private static void assertOAuth(ApiResult answer, int status, String error) {
    answer.expect(status);
    assertEquals("application/json", answer.headerLine("Content-Type"));
    assertEquals(error, answer.json().getString("error"));
    assertEquals("no-store", answer.headerLine("Cache-Control"));
  }

  @ParameterizedTest
  @EnumSource
  void routesOfTheHostAreUnchanged(HostRuntime runtime) throws Exception {
    try (ExampleProcess shop = shop(runtime)) {
      Api anonymous = shop.api();
      ApiResult page = anonymous.call("GET", "/api/orders").header("Accept", "text/html").send();
      assertEquals("<h1>Orders of anonymous</h1>", page.expect(200).text());
      assertEquals("", page.headerLine("Cache-Control"));
      assertEquals(
          "<h1>Orders of ada</h1>",
          anonymous.basic("ada", "countess").get("/api/orders").expect(200).text());
      assertEquals(
          "<h1>Orders of ada</h1>",
          anonymous
              .authorization("bASIC YWRhOmNvdW50ZXNz") // ada:countess
              .get("/api/orders")
              .expect(200)
              .text());
      assertEquals(
          "<h1>Orders of anonymous</h1>",
          anonymous.bearer("junk").get("/api/orders").expect(200).text());
      for (String path : List.of("/api/orders/1", "/api/nothing", "/api/access-tokensx")) {
        ApiResult answer = anonymous.get(path).expect(404);
        assertEquals("The shop responds with 404", answer.text());
        assertEquals("", answer.headerLine("Cache-Control"));
      }
      anonymous.call("GET", "/api/orders").header("Accept", "application/json").send().expect(406);
      assertEquals(
          "Basic realm=\"shop\"",
          anonymous
              .basic("ada", "no")
              .get("/api/orders")
              .expect(401)
              .headerLine("WWW-Authenticate"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void ownResourcesOfTheHostAcceptRawTokens(HostRuntime runtime) throws Exception {
    String refunds = "/api/refunds";
    try (ExampleProcess shop = shop(runtime)) {
      Api anonymous = shop.api();
      Api ada = anonymous.basic("ada", "countess");
      String reader =
          ada.post(TOKENS, NEW.formatted("read")).expect(201).json().getString("rawToken");
      String limited =
          NEW.formatted("refund")
              .replace("catalog:read", "orders:refund")
              .replaceFirst("\\}$", ", \"requestsPerMinute\": 3}");
      Api script =
          anonymous.bearer(ada.post(TOKENS, limited).expect(201).json().getString("rawToken"));
      anonymous.get(refunds).expect(401);
      anonymous.bearer("junk").get(refunds).expect(401);
      anonymous.bearer(reader).get(refunds).expect(403);
      anonymous.get(TOKENS).problem(401);
      assertEquals(
          "Refunds for service-token:group:shop/checkout:refund",
          script.get(refunds).expect(200).text());
      script.get(WHOAMI).ok();
      script.get(refunds).expect(200);
      // Both features count together, and each request counts once.
      script.get(WHOAMI).problem(429);
      script.get(refunds).expect(429);
    }
  }

  @Test
  void tokensSurviveARestart() throws Exception {
    String raw;
    Path first = folder;
    try (ExampleProcess shop = shop(HostRuntime.JERSEY, "jdbc:h2:" + first.resolve("kept"))) {
      Api ada = shop.api().basic("ada", "countess");
      raw = ada.post(TOKENS, NEW.formatted("deploy")).expect(201).json().getString("rawToken");
      shop.api().bearer(raw).get(WHOAMI).ok();
      assertEquals(0, shop.end(), shop::log);
    }
    folder = first.resolve("second");
    assertTrue(folder.toFile().mkdir(), folder::toString);
    try (ExampleProcess shop = shop(HostRuntime.RESTEASY, "jdbc:h2:" + first.resolve("kept"))) {
      shop.api().bearer(raw).get(WHOAMI).ok();
      JsonObject page = shop.api().basic("ada", "countess").get(TOKENS).ok();
      assertFalse(
          page.getJsonArray("tokens").getJsonObject(0).isNull("lastUsedAt"),
          "the last use is written at the end");
    }
  }

  private static String id(JsonObject page) {
    return page.getJsonArray("tokens").getJsonObject(0).getString("id");
  }
}
