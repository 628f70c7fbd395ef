package io.accesstokens.it.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.auth.enforcement.EnforcementMode;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests the example application in a class loader with the auth jar and no other classes of this
 * project.
 */
@ParameterizedClass
@EnumSource
class ProtectedApiIT {

  private static final String APPLICATION = "io.accesstokens.examples.protect.CatalogApplication";
  private static final String CHALLENGE = "Bearer realm=\"access-tokens\"";
  private static final List<String> STAGES = List.of("monitor", "warn", "enforce");

  private final HostRuntime runtime;
  private final IntrospectionService service = new IntrospectionService();
  private final String reader = service.token("reader", "catalog:read");
  private final String writer = service.token("writer", "catalog:read", "catalog:write");
  private final String anonymous = service.token("other-scope", "techdocs:read");

  ProtectedApiIT(HostRuntime runtime) {
    this.runtime = runtime;
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private HostRuntime.Running start(String mode, String enforced) throws Exception {
    return runtime.start(
        APPLICATION,
        Map.of(
            "catalog.tokens",
            service.url(),
            "catalog.credential",
            IntrospectionService.VERIFIER,
            "catalog.mode",
            mode,
            "catalog.enforced",
            enforced));
  }

  @Test
  void everyModeRequiresAValidToken() throws Exception {
    for (String mode : STAGES) {
      try (HostRuntime.Running running = start(mode, "")) {
        ApiResult anonymous = running.api().get("/catalog").expect(401);
        assertEquals(List.of(CHALLENGE), anonymous.headers("WWW-Authenticate"));
        assertEquals("{\"error\":\"unauthorized\"}", anonymous.text());
        running.api().basic("alice", "alice").get("/catalog").expect(401);
        for (String bad :
            List.of(IntrospectionService.unknownToken(), "junk", "bsat_x", reader + "x")) {
          ApiResult answer = running.api().bearer(bad).get("/catalog").expect(401);
          assertEquals(
              List.of(CHALLENGE + ", error=\"invalid_token\""), answer.headers("WWW-Authenticate"));
          assertEquals("{\"error\":\"invalid_token\"}", answer.text());
        }
        assertEquals(List.of(), anonymous.headers(EnforcementMode.WARNING_HEADER));
      }
    }
  }

  @Test
  void openMethodRejectsAnInvalidToken() throws Exception {
    try (HostRuntime.Running running = start("enforce", "")) {
      JsonObject status = running.api().get("/catalog/status").ok();
      assertTrue(status.getInt("items") >= 0, status::toString);
      running.api().bearer(anonymous).get("/catalog/status").ok();
      running.api().bearer(IntrospectionService.unknownToken()).get("/catalog/status").expect(401);
    }
  }

  @Test
  void enforceModeRejectsAndNamesMissingScopes() throws Exception {
    try (HostRuntime.Running running = start("enforce", "")) {
      running.api().bearer(reader).get("/catalog").expect(200);
      ApiResult denied = running.api().bearer(anonymous).get("/catalog").expect(403);
      assertEquals(
          List.of(CHALLENGE + ", error=\"insufficient_scope\", scope=\"catalog:read\""),
          denied.headers("WWW-Authenticate"));
      assertEquals("application/json", denied.headerLine("Content-Type").split(";", 2)[0]);
      assertEquals(
          "{\"error\":\"insufficient_scope\",\"required\":[\"catalog:read\"],"
              + "\"missing\":[\"catalog:read\"]}",
          denied.text());
      put(running.api().bearer(reader)).expect(403);
      put(running.api().bearer(writer)).expect(204);
      assertEquals(
          "{\"error\":\"insufficient_scope\",\"required\":[\"catalog:read\",\"catalog:write\"],"
              + "\"missing\":[\"catalog:write\"]}",
          remove(running.api().bearer(reader)).expect(403).text());
      remove(running.api().bearer(writer)).expect(204);
    }
  }

  @Test
  void warnModeServesAndNamesMissingScopes() throws Exception {
    try (HostRuntime.Running running = start("warn", "")) {
      ApiResult warned = running.api().bearer(anonymous).get("/catalog").expect(200);
      assertEquals(
          List.of("missing=\"catalog:read\""), warned.headers(EnforcementMode.WARNING_HEADER));
      ApiResult held = running.api().bearer(reader).get("/catalog").expect(200);
      assertEquals(Optional.empty(), held.header(EnforcementMode.WARNING_HEADER));
      ApiResult missing = running.api().bearer(anonymous).get("/catalog/none").expect(404);
      assertEquals(
          Optional.of("missing=\"catalog:read\""), missing.header(EnforcementMode.WARNING_HEADER));
    }
  }

  @Test
  void monitorModeServesWithoutAWarning() throws Exception {
    try (HostRuntime.Running running = start("monitor", "")) {
      ApiResult served = running.api().bearer(anonymous).get("/catalog").expect(200);
      assertEquals(Optional.empty(), served.header(EnforcementMode.WARNING_HEADER));
      assertEquals(Optional.empty(), served.header("WWW-Authenticate"));
    }
  }

  @Test
  void singleRouteCanBeEnforced() throws Exception {
    try (HostRuntime.Running running = start("monitor", "GET /catalog; PUT /catalog/{name}")) {
      running.api().bearer(anonymous).get("/catalog").expect(403);
      put(running.api().bearer(reader)).expect(403);
      running.api().bearer(anonymous).get("/catalog/website").expect(200);
      // The annotation enforces the scope.
      remove(running.api().bearer(reader)).expect(403);
      // Other spellings of the path reach the same resource or none.
      for (String spelling : List.of("/catalog;x=1", "/%63atalog", "/catalog/", "/./catalog")) {
        int status = running.api().bearer(anonymous).get(spelling).status();
        assertTrue(status == 403 || status == 404 || status == 400, spelling + ' ' + status);
      }
    }
  }

  @Test
  void scopeIsARole() throws Exception {
    try (HostRuntime.Running running = start("enforce", "")) {
      assertEquals(
          "{\"name\":\"website\",\"description\":\"The public web site\",\"editable\":false,"
              + "\"reader\":\"service-token:group:default/platform:reader\"}",
          running.api().bearer(reader).get("/catalog/website").expect(200).text());
      JsonObject website = running.api().bearer(writer).get("/catalog/website").ok();
      assertTrue(website.getBoolean("editable"), website::toString);
    }
  }

  @Test
  void outageIs503() throws Exception {
    try (HostRuntime.Running running = start("monitor", "")) {
      service.close();
      ApiResult answer = running.api().bearer(reader).get("/catalog").expect(503);
      assertEquals(Optional.of("1"), answer.header("Retry-After"));
      assertEquals("{\"error\":\"temporarily_unavailable\"}", answer.text());
      assertEquals(Optional.empty(), answer.header("WWW-Authenticate"));
      // A malformed token is recognized without the service.
      running.api().bearer("bsat_junk").get("/catalog").expect(401);
      running.api().get("/catalog").expect(401);
      running.api().get("/catalog/status").expect(200);
    }
  }

  private static ApiResult put(Api api) {
    return api.call("PUT", "/catalog/docs").header("Content-Type", "text/plain").body("d").send();
  }

  private static ApiResult remove(Api api) {
    return api.call("DELETE", "/catalog/docs").send();
  }
}
