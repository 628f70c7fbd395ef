package io.accesstokens.it.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.auth.enforcement.EnforcementMode;
import io.accesstokens.auth.enforcement.UndeclaredAccess;
import io.accesstokens.testing.client.Api;
import io.accesstokens.testing.client.ApiResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests each way in which a host application can declare access, on each runtime. */
@ParameterizedClass
@EnumSource
class HostAccessRulesIT {

  private static final String APPLICATION = "io.accesstokens.it.library.host.HostApplication";

  private final HostRuntime runtime;
  private final IntrospectionService service = new IntrospectionService();
  private final String reader = service.token("reader", "things:read");
  private final String writer = service.token("writer", "things:write");
  private final String parts = service.token("parts", "parts:read");
  private final List<String> heard = new CopyOnWriteArrayList<>();

  HostAccessRulesIT(HostRuntime runtime) {
    this.runtime = runtime;
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private HostRuntime.Running start(
      EnforcementMode mode, UndeclaredAccess undeclared, String resource) throws Exception {
    return start(mode, undeclared, resource, Map.of());
  }

  private HostRuntime.Running start(
      EnforcementMode mode, UndeclaredAccess undeclared, String resource, Map<String, Object> more)
      throws Exception {
    Consumer<String> ear = heard::add;
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("tokens", service.url());
    settings.put("verifier", IntrospectionService.VERIFIER);
    settings.put("mode", mode);
    settings.put("undeclared", undeclared.name());
    settings.put("resource", resource);
    settings.put("heard", ear);
    return runtime.start(APPLICATION, settings);
  }

  private HostRuntime.Running start(EnforcementMode mode) throws Exception {
    return start(mode, UndeclaredAccess.DENIED, "Things");
  }

  @Test
  void nearestDeclarationApplies() throws Exception {
    try (HostRuntime.Running running = start(EnforcementMode.ENFORCE)) {
      Api api = running.api();
      api.bearer(reader).get("/things").expect(200);
      api.bearer(writer).get("/things").expect(403);
      api.bearer(writer).get("/things/mode").expect(200);
      api.bearer(reader).get("/things/mode").expect(403);
      // The scope comes from the interface's method, whose parameter has a generic type.
      ApiResult shared = api.bearer(reader).get("/things/shared/7").expect(403);
      assertTrue(
          shared.headerLine("WWW-Authenticate").contains("scope=\"things:share\""),
          shared::toString);
      api.bearer(service.token("s", "things:share")).get("/things/shared/7").expect(200);
    }
  }

  @Test
  void limitsOfATokenAreEnforced() throws Exception {
    String limited =
        service.limitedToken("limited", "things:read", List.of("192.0.2.0/24", "2001:db8::1"), 4);
    try (HostRuntime.Running running = start(EnforcementMode.ENFORCE)) {
      Api api = running.api().bearer(limited);
      api.get("/things").expect(401); // the address is not known
      for (String refused : List.of("198.51.100.1", "2001:db8::2", "::1", "unknown")) {
        from(refused, api).expect(401);
      }
      for (String allowed : List.of("192.0.2.1", "::ffff:192.0.2.9", "2001:DB8:0::1")) {
        from(allowed, api).expect(200);
      }
      from("192.0.2.1", api).expect(200);
      ApiResult tooMany = from("192.0.2.1", api).expect(429);
      assertEquals("\"token\";q=4;w=60", tooMany.headerLine("RateLimit-Policy"));
      assertTrue(tooMany.header("RateLimit").isPresent(), tooMany::toString);
      assertTrue(tooMany.header("Retry-After").isPresent(), tooMany::toString);
      from("198.51.100.1", api).expect(401);
    }
  }

  private static ApiResult from(String address, Api api) {
    return api.call("GET", "/things").header("Test-Client-Address", address).send();
  }

  @Test
  void subResourceHasItsOwnDeclarations() throws Exception {
    try (HostRuntime.Running running = start(EnforcementMode.ENFORCE)) {
      Api api = running.api();
      api.get("/things/7/parts").expect(401);
      api.bearer(reader).get("/things/7/parts").expect(403);
      assertEquals("parts", api.bearer(parts).get("/things/7/parts").expect(200).text());
      assertEquals("x", api.bearer(parts).get("/things/7/parts/x").expect(200).text());
      api.bearer(reader).get("/things/7/parts/x").expect(403);
      assertEquals("open", api.get("/things/7/parts/open").expect(200).text());
    }
  }

  @Test
  void featureOfOneClassGuardsItsSubResources() throws Exception {
    try (HostRuntime.Running running =
        start(
            EnforcementMode.ENFORCE,
            UndeclaredAccess.DENIED,
            "Branches",
            Map.of("onlyOn", "Branches", "more", "Free"))) {
      Api api = running.api();
      for (String free : List.of("", "/object", "/object/role", "/object/denied")) {
        api.get("/free" + free).expect(200);
      }
      for (String locators : List.of("/object", "/class", "/object/next", "/class/next/next")) {
        String branch = "/branches" + locators;
        for (String closed : List.of("", "/denied")) {
          api.get(branch + closed).expect(401);
          api.bearer(reader).get(branch + closed).expect(403);
        }
        api.get(branch + "/role").expect(401);
        api.bearer(writer).get(branch + "/role").expect(403);
        api.bearer(reader).get(branch + "/role").expect(200);
        api.get(branch + "/open").expect(200);
        api.bearer(IntrospectionService.unknownToken()).get(branch + "/open").expect(401);
      }
      api.get("/free/object/role").expect(200);
    }
  }

  @Test
  void subResourcesOfAGuardedClassAreRefusedIfTheRuntimeAppliesNoRules() throws Exception {
    try (HostRuntime.Running running =
        start(
            EnforcementMode.MONITOR,
            UndeclaredAccess.DENIED,
            "Branches",
            Map.of("ignoreDynamicFeatures", true, "onlyOn", "Branches", "more", "Free"))) {
      for (String path : List.of("/object/open", "/class/open", "/object/next/open")) {
        assertEquals(500, running.api().get("/branches" + path).status(), path);
      }
      running.api().get("/free/object/open").expect(200);
    }
  }

  @Test
  void ineffectiveDeclarationOfALocatorIsNotServed() throws Exception {
    try (HostRuntime.Running running =
        start(EnforcementMode.MONITOR, UndeclaredAccess.DENIED, "Trap")) {
      String all = service.token("all", "parts:read", "trap:enter");
      assertEquals(500, running.api().bearer(all).get("/trap/parts").status());
      assertEquals(500, running.api().get("/trap/parts/open").status());
      assertEquals(500, running.api().bearer(all).get("/trap/marked").status());
    }
  }

  @Test
  void asynchronousResponsesAreGuardedAndWarned() throws Exception {
    for (String path : List.of("/things/suspended", "/things/mode")) {
      try (HostRuntime.Running running = start(EnforcementMode.ENFORCE)) {
        running.api().get(path).expect(401);
        running.api().bearer(reader).get(path).expect(403);
        assertEquals("later", running.api().bearer(writer).get(path).expect(200).text());
      }
      try (HostRuntime.Running running = start(EnforcementMode.WARN)) {
        ApiResult warned = running.api().bearer(reader).get(path).expect(200);
        assertEquals("later", warned.text());
        assertEquals(
            List.of("missing=\"things:write\""), warned.headers(EnforcementMode.WARNING_HEADER));
      }
    }
  }

  @Test
  void errorResponseHasTheWarning() throws Exception {
    try (HostRuntime.Running running = start(EnforcementMode.WARN)) {
      ApiResult broken = running.api().bearer(reader).get("/things/broken").expect(418);
      assertEquals(
          List.of("missing=\"things:write\""), broken.headers(EnforcementMode.WARNING_HEADER));
    }
  }

  @Test
  void headHasTheRulesOfGetAndOptionsIsOpen() throws Exception {
    try (HostRuntime.Running running = start(EnforcementMode.ENFORCE)) {
      Api api = running.api();
      api.call("HEAD", "/things").send().expect(401);
      ApiResult denied = api.bearer(writer).call("HEAD", "/things").send().expect(403);
      assertEquals(0, denied.length());
      assertTrue(
          denied.headerLine("WWW-Authenticate").contains("insufficient_scope"), denied::toString);
      api.bearer(reader).call("HEAD", "/things").send().expect(200);
      api.bearer(reader).call("HEAD", "/things/head").send().expect(403);
      ApiResult own = api.bearer(writer).call("HEAD", "/things/head").send().expect(204);
      assertEquals(Optional.of("own"), own.header("X-Head"));
      ApiResult options = api.call("OPTIONS", "/things").send();
      assertTrue(options.status() == 200 || options.status() == 204, options.toString());
      assertTrue(options.headerLine("Allow").contains("GET"), options.toString());
    }
  }

  @Test
  void rolesAreAlwaysEnforced() throws Exception {
    try (HostRuntime.Running running = start(EnforcementMode.MONITOR)) {
      Api api = running.api();
      assertEquals("role", api.bearer(writer).get("/things/roles").expect(200).text());
      assertEquals(
          "{\"error\":\"insufficient_permission\",\"required\":[\"things:admin\",\"things:write\"],"
              + "\"missing\":[\"things:admin\",\"things:write\"]}",
          api.bearer(reader).get("/things/roles").expect(403).text());
      api.bearer(parts).get("/things/anyone").expect(200);
      api.get("/things/anyone").expect(401);
      api.bearer(writer).get("/things/denied").expect(403);
      api.get("/things/denied").expect(401);
      assertEquals("anonymous", api.get("/things/open").expect(200).text());
      String caller = api.bearer(parts).get("/things/open").expect(200).text();
      assertTrue(caller.endsWith(":parts"), caller);
    }
  }

  @Test
  void callersOfTheApplicationNeedItsRoles() throws Exception {
    try (HostRuntime.Running running = start(EnforcementMode.ENFORCE)) {
      Api session = running.api().authorization("Bearer session-alice");
      assertEquals("alice false", session.get("/things").expect(200).text());
      session.get("/things/mode").expect(403);
      running.api().authorization("Bearer unknown-alice").get("/things").expect(401);
    }
  }

  @Test
  void listenerReceivesEachDecisionWithItsMode() throws Exception {
    try (HostRuntime.Running running = start(EnforcementMode.WARN)) {
      Api session = running.api().authorization("Bearer session-alice");
      session.get("/things").expect(200);
      session.get("/things/mode").expect(200);
      session.call("POST", "/things").send().expect(403);
      session.get("/things/denied").expect(403);
      assertEquals(
          List.of(
              "warn: GET /things/mode (Things.mode) requires [things:write], missing"
                  + " [things:write], caller alice",
              "enforce: POST /things (Things.make) requires [things:read, things:write], missing"
                  + " [things:write], caller alice",
              "enforce: GET /things/denied (Things.denied) requires [], missing [], caller alice"),
          heard);
    }
  }

  @Test
  void undeclaredAccessIsDeniedByDefault() throws Exception {
    try (HostRuntime.Running running =
        start(EnforcementMode.MONITOR, UndeclaredAccess.DENIED, "Forgotten")) {
      running.api().get("/forgotten").expect(401);
      running.api().bearer(reader).get("/forgotten").expect(403);
    }
    try (HostRuntime.Running running =
        start(EnforcementMode.MONITOR, UndeclaredAccess.AUTHENTICATED, "Forgotten")) {
      running.api().get("/forgotten").expect(401);
      running.api().bearer(reader).get("/forgotten").expect(200);
    }
    try (HostRuntime.Running running =
        start(EnforcementMode.MONITOR, UndeclaredAccess.UNGUARDED, "Forgotten")) {
      running.api().get("/forgotten").expect(200);
      running.api().bearer(IntrospectionService.unknownToken()).get("/forgotten").expect(401);
    }
  }

  @Test
  void requestsAreRefusedIfTheRuntimeAppliesNoRules() throws Exception {
    for (UndeclaredAccess undeclared :
        List.of(UndeclaredAccess.DENIED, UndeclaredAccess.UNGUARDED)) {
      try (HostRuntime.Running running =
          start(
              EnforcementMode.MONITOR,
              undeclared,
              "Things",
              Map.of("ignoreDynamicFeatures", true))) {
        for (String path : List.of("/things", "/things/open", "/things/7/parts", "/things/roles")) {
          assertEquals(500, running.api().get(path).status(), path);
          assertEquals(500, running.api().bearer(reader).get(path).status(), path);
        }
      }
    }
  }

  @Test
  void onlyGuardedClassesAreRefusedIfTheRuntimeAppliesNoRules() throws Exception {
    for (String only : List.of("Things", "Forgotten")) {
      try (HostRuntime.Running running =
          start(
              EnforcementMode.MONITOR,
              UndeclaredAccess.DENIED,
              "Things",
              Map.of("ignoreDynamicFeatures", true, "onlyOn", only))) {
        int expected = only.equals("Things") ? 500 : 200;
        assertEquals(expected, running.api().get("/things/open").status(), only);
      }
    }
  }

  private static void run(AtomicReference<Runnable> check) {
    Objects.requireNonNull(check.get(), "the application gives no check").run();
  }

  @Test
  void selfCheckNamesMethodsWithoutRules() throws Exception {
    AtomicReference<Runnable> selfCheck = new AtomicReference<>();
    try (HostRuntime.Running running =
        start(
            EnforcementMode.ENFORCE,
            UndeclaredAccess.DENIED,
            "Things",
            Map.of("selfCheck", selfCheck))) {
      running.api().get("/things/open").expect(200);
      run(selfCheck);
    }
    try (HostRuntime.Running running =
        start(
            EnforcementMode.ENFORCE,
            UndeclaredAccess.DENIED,
            "Things",
            Map.of("selfCheck", selfCheck, "ignoreDynamicFeatures", true))) {
      IllegalStateException thrown =
          assertThrows(IllegalStateException.class, () -> run(selfCheck));
      assertTrue(String.valueOf(thrown.getMessage()).contains("Things.mode("), thrown::toString);
      running.api().get("/things").expect(500);
    }
  }

  @Test
  void wrongDeclarationPreventsTheStart() {
    assertStopped(UndeclaredAccess.STOPS_START, "Forgotten", "no access is declared by");
    assertStopped(UndeclaredAccess.UNGUARDED, "Malformed", "without spaces");
  }

  private void assertStopped(UndeclaredAccess undeclared, String resource, String why) {
    Throwable thrown =
        assertThrows(
            Exception.class,
            () -> start(EnforcementMode.MONITOR, undeclared, resource).close(),
            resource + " is served");
    StringBuilder messages = new StringBuilder();
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      messages.append(t.getMessage()).append('\n');
    }
    assertTrue(messages.toString().contains(why), messages::toString);
  }
}
