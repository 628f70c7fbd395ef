package io.accesstokens.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.http.problem.Problem;
import io.accesstokens.http.problem.TraceContext;
import io.accesstokens.testing.Midnight;
import io.accesstokens.testing.fuzz.OpenApiReferences;
import io.accesstokens.token.TokenCaller;
import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import io.accesstokens.verify.PresentedSecret.SecretId;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Tests that the generated OpenAPI document matches the API. */
class ApiDescriptionTest {

  private static final String COMMON = "400 401 403 405 406 429 500 503";

  /**
   * The statuses of an OAuth endpoint. Only an endpoint with a choice of media types can also
   * return 406.
   */
  private static final String OAUTH = "200 400 401 403 405 408 413 415 429 500 503";

  /** The method and path of each operation, and its statuses in addition to {@link #COMMON}. */
  private static final Map<String, String> ROUTES =
      Map.ofEntries(
          Map.entry("get /access-tokens/service/scopes", "200"),
          Map.entry("get /access-tokens/service/limits", "200"),
          Map.entry("post /access-tokens/service", "201 408 409 413 415 422"),
          Map.entry("get /access-tokens/service", "200"),
          Map.entry("get /access-tokens/service/{id}", "200 404"),
          Map.entry("patch /access-tokens/service/{id}", "200 404 408 409 413 415 422"),
          Map.entry("delete /access-tokens/service/{id}", "204 404 408 409 413 415 422"),
          Map.entry("post /access-tokens/service/{id}/rotate", "200 404 408 409 413 415 422"),
          Map.entry(
              "delete /access-tokens/service/{id}/previous-secret", "204 404 408 409 413 415 422"),
          Map.entry("get /access-tokens/service/{id}/audit", "200 404"),
          Map.entry("get /access-tokens/service/{id}/usage", "200 404"),
          Map.entry("get /access-tokens/service/audit", "200"),
          Map.entry("get /access-tokens/service/audit/export", "200"),
          Map.entry("get /access-tokens/service/overview", "200"),
          Map.entry("get /access-tokens/service/usage", "200"),
          Map.entry("post /access-tokens/service/revoke", "200 408 413 415 422"),
          Map.entry("get /access-tokens/personal/scopes", "200 404"),
          Map.entry("post /access-tokens/personal", "201 404 408 409 413 415 422"),
          Map.entry("get /access-tokens/personal", "200 404"),
          Map.entry("get /access-tokens/personal/{id}", "200 404"),
          Map.entry("delete /access-tokens/personal/{id}", "204 404 408 409 413 415 422"),
          Map.entry("post /access-tokens/personal/{id}/rotate", "200 404 408 409 413 415 422"),
          Map.entry(
              "delete /access-tokens/personal/{id}/previous-secret", "204 404 408 409 413 415 422"),
          Map.entry("get /access-tokens/personal/{id}/audit", "200 404"),
          Map.entry("get /access-tokens/personal/{id}/usage", "200 404"),
          Map.entry("get /access-tokens/user-tokens", "200 404"),
          Map.entry("get /access-tokens/user-tokens/users", "200 404"),
          Map.entry("get /access-tokens/user-tokens/audit", "200 404"),
          Map.entry("get /access-tokens/user-tokens/audit/export", "200 404"),
          Map.entry("post /access-tokens/user-tokens/revoke", "200 404 408 413 415 422"),
          Map.entry("get /access-tokens/user-tokens/{id}", "200 404"),
          Map.entry("delete /access-tokens/user-tokens/{id}", "204 404 408 409 413 415 422"),
          Map.entry("get /access-tokens/user-tokens/{id}/audit", "200 404"),
          Map.entry("get /access-tokens/groups", "200"),
          Map.entry("get /access-tokens/whoami", "200"),
          Map.entry("post /access-tokens/rotate", "200 408 409 413 415 422"),
          Map.entry("get /access-tokens/verify", "204"),
          Map.entry("get /access-tokens/verify/ext-authz", "200"),
          Map.entry("get /openapi.json", "200"));

  private static final JsonObject DOCUMENT =
      OpenApiReferences.resolve(
          new ApiFixture().anonymous().get("openapi.json").expect(200).json());

  private final ApiFixture api = new ApiFixture();

  @Test
  void exactlyTheRoutesAndStatusesOfTheContractAreDescribed() {
    Map<String, Set<String>> expected = new TreeMap<>();
    ROUTES.forEach((route, own) -> expected.put(route, words(own + " " + COMMON)));
    expected.put("get /access-tokens/changes", words("200 " + COMMON));
    expected.put("post /access-tokens/introspect", words(OAUTH + " 406"));
    expected.put("post /access-tokens/revoke", words(OAUTH));
    Map<String, Set<String>> described = new TreeMap<>();
    JsonObject paths = DOCUMENT.getJsonObject("paths");
    for (String path : paths.keySet()) {
      JsonObject operations = paths.getJsonObject(path);
      for (String method : operations.keySet()) {
        described.put(
            method + " " + path,
            new TreeSet<>(operations.getJsonObject(method).getJsonObject("responses").keySet()));
      }
    }
    assertEquals(expected, described);
  }

  private static Set<String> words(String text) {
    return new TreeSet<>(Set.of(text.split(" ")));
  }

  @Test
  void errorsAreProblems() {
    JsonObject responses =
        DOCUMENT
            .getJsonObject("paths")
            .getJsonObject("/access-tokens/service/{id}")
            .getJsonObject("delete")
            .getJsonObject("responses");
    for (String status : responses.keySet()) {
      if (status.compareTo("400") >= 0) {
        JsonObject content = responses.getJsonObject(status).getJsonObject("content");
        assertTrue(content.containsKey(Problem.MEDIA_TYPE), () -> status + ": " + content.keySet());
      }
    }
  }

  private JsonObject headers(String operation, String status) {
    return DOCUMENT
        .getJsonObject("paths")
        .getJsonObject(operation.split(" ", 2)[1])
        .getJsonObject(operation.split(" ", 2)[0])
        .getJsonObject("responses")
        .getJsonObject(status)
        .getJsonObject("headers");
  }

  private static Set<String> requiredHeaders(JsonObject headers) {
    return headers.keySet().stream()
        .filter(name -> headers.getJsonObject(name).getBoolean("required", false))
        .collect(Collectors.toSet());
  }

  @Test
  void headersAboutSecretsAndRatesAreDescribed() {
    Set<String> secret = words("X-Access-Token-Expires Deprecation Sunset");
    JsonObject whoami = headers("get /access-tokens/whoami", "200");
    assertEquals(secret, whoami.keySet());
    assertEquals(Set.of(), requiredHeaders(whoami), "absent for a person");
    for (String verify : Set.of("/verify 204", "/verify/ext-authz 200")) {
      JsonObject headers =
          headers("get /access-tokens" + verify.split(" ", 2)[0], verify.split(" ", 2)[1]);
      assertTrue(headers.keySet().containsAll(secret), headers::toString);
      Set<String> required = requiredHeaders(headers);
      assertTrue(required.contains("X-Access-Token-Expires"), required::toString);
      assertFalse(required.contains("Sunset"), required::toString);
    }
    for (String operation :
        Set.of("get /access-tokens/service", "post /access-tokens/introspect")) {
      JsonObject headers = headers(operation, "429");
      assertEquals(words("Retry-After RateLimit RateLimit-Policy"), headers.keySet());
      assertEquals(Set.of("Retry-After"), requiredHeaders(headers));
    }
  }

  @Test
  void infoAndSecuritySchemesAreComplete() {
    assertTrue(DOCUMENT.getString("openapi").startsWith("3.1"), DOCUMENT.getString("openapi"));
    assertEquals(
        "Apache-2.0", DOCUMENT.getJsonObject("info").getJsonObject("license").getString("name"));
    JsonObject schemes = DOCUMENT.getJsonObject("components").getJsonObject("securitySchemes");
    assertEquals(Set.of("bearer", "basic"), schemes.keySet());
    assertEquals(2, DOCUMENT.getJsonArray("security").size());
  }

  @Test
  void everyParameterIsDescribed() {
    Map<String, JsonObject> schemas = new TreeMap<>();
    DOCUMENT
        .getJsonObject("paths")
        .getJsonObject("/access-tokens/service")
        .getJsonObject("get")
        .getJsonArray("parameters")
        .getValuesAs(JsonObject.class)
        .forEach(
            parameter ->
                schemas.put(parameter.getString("name"), parameter.getJsonObject("schema")));
    assertEquals(
        words(
            "q status live groupEntityRef createdBy createdBefore expiresAfter expiresBefore"
                + " lastUsedBefore unusedSince neverUsed rotating sort limit offset after"),
        schemas.keySet());
    JsonObject groups = Objects.requireNonNull(schemas.get("groupEntityRef"));
    assertEquals("array", groups.getString("type"));
    assertEquals(100, groups.getInt("maxItems"));
  }

  @Test
  void schemasMatchTheRenderedResponses() {
    Midnight.avoid(ZoneOffset.UTC, Duration.ofMinutes(1));
    JsonObject created = api.create("n", "[\"catalog:read\"]");
    String path = ApiFixture.SERVICE + "/" + created.getJsonObject("token").getString("id");
    api.store.lowerBound = true;
    JsonObject list = api.as("bob").get(ApiFixture.SERVICE).json();
    JsonObject audit = api.as("bob").get(path + "/audit").json();
    SecretId secret =
        new SecretId(UUID.fromString(created.getJsonObject("token").getString("id")), 1);
    TokenCaller.Key caller = new TokenCaller.Key(1, true, null, null);
    api.store.recordUses(
        Map.of(
            secret,
            TokenUsage.of(new UsageCount(1, Instant.now(), null), 0, 0, null, null)
                .withCallers(List.of(new TokenCaller(caller, 1, Instant.now())))));
    JsonObject usage = api.as("bob").get(path + "/usage?days=1").json();
    TraceContext.Scope trace = TraceContext.open("4bf92f3577b34da6a3ce929d0e0e4736");
    JsonObject problem = api.as("bob").get(ApiFixture.SERVICE + "?limit=x").json();
    trace.close();
    matches("CreatedServiceToken", created);
    matches("ServiceToken", created.getJsonObject("token"));
    matches("ServiceTokenPage", list);
    matches("AuditEventPage", audit);
    matches("AuditEvent", audit.getJsonArray("events").getJsonObject(0));
    matches("TokenUsage", usage);
    JsonObject listed = usage.getJsonArray("callers").getJsonObject(0);
    matches("TokenCaller", listed);
    assertEquals(JsonValue.NULL, listed.get("address"));
    assertEquals(JsonValue.NULL, listed.get("client"));
    matches("UsesOfDay", usage.getJsonArray("days").getJsonObject(0));
    JsonObject auditLog = api.as("bob").get(ApiFixture.SERVICE + "/audit").json();
    matches("AuditLogEvent", auditLog.getJsonArray("events").getJsonObject(0));
    auditLog.keySet().forEach(name -> assertTrue(properties("AuditLogPage").contains(name), name));
    api.as("dave").post(ApiFixture.PERSONAL, "{\"name\":\"laptop\"}").expect(201);
    JsonObject users = api.as("alice").get(ApiFixture.USER_TOKENS + "/audit?counts=true").json();
    matches("UserAuditLogEvent", users.getJsonArray("events").getJsonObject(0));
    users.keySet().forEach(name -> assertTrue(properties("UserAuditLogPage").contains(name), name));
    JsonObject overview = api.as("bob").get(ApiFixture.SERVICE + "/overview").json();
    matches("TokenOverview", overview);
    matches("TokensByStatus", overview.getJsonObject("statuses"));
    matches("ExpiringOnDay", overview.getJsonArray("expiringByDay").getJsonObject(0));
    matches("TokensOfGroup", overview.getJsonArray("groups").getJsonObject(0));
    matches("TokensOfOtherGroups", overview.getJsonObject("otherGroups"));
    matches("TokensInGracePeriod", overview.getJsonObject("inGracePeriod"));
    matches("TokensUsedAfterEnd", overview.getJsonObject("usedAfterEnd"));
    matches("LeftCreators", overview.getJsonObject("leftCreators"));
    matches("FleetUsage", api.as("bob").get(ApiFixture.SERVICE + "/usage?days=1").json());
    JsonObject counted = api.as("bob").get(ApiFixture.SERVICE + "/audit?counts=true").json();
    counted.keySet().forEach(name -> assertTrue(properties("AuditLogPage").contains(name), name));
    counted
        .getJsonArray("eventCounts")
        .getValuesAs(JsonObject.class)
        .forEach(
            count ->
                count
                    .keySet()
                    .forEach(name -> assertTrue(properties("EventCount").contains(name), name)));
    String unknown = "{\"ids\":[\"00000000-0000-4000-8000-000000000000\"],\"reason\":\"r\"}";
    matches(
        "BulkRevocationResult",
        api.as("alice").post(ApiFixture.SERVICE + "/revoke", unknown).json());
    matches("AcceptedUses", usage.getJsonObject("accepted"));
    matches("RefusedUses", usage.getJsonObject("refused"));
    matches("Problem", problem);
    matches("Violation", problem.getJsonArray("violations").getJsonObject(0));
    JsonObject rotated = api.as("alice").post(path + "/rotate", "{}").json();
    matches("RotatedServiceToken", rotated);
    matches("ReplacedSecret", rotated.getJsonObject("previousSecret"));
    matches("PreviousSecret", rotated.getJsonObject("token").getJsonObject("previousSecret"));
    // Only the previous secret is marked.
    matches("Identity", api.with(created.getString("rawToken")).get(ApiFixture.WHOAMI).json());
    JsonObject minted = api.mint("dave", "[]");
    String personal =
        ApiFixture.PERSONAL + "/" + minted.getJsonObject("token").getString("id") + "/rotate";
    matches("RotatedPersonalToken", api.as("dave").post(personal, "{}").json());
    String form = "token=" + created.getString("rawToken");
    ExchangeFixture fixture = new ExchangeFixture();
    JsonObject exchanged = fixture.exchange(fixture.raw("dave", "[]")).json();
    String signed = "token=" + exchanged.getString("access_token");
    JsonObject introspected = fixture.api.as("alice").form(ApiFixture.INTROSPECT, signed).json();
    // Only raw tokens have limits, and only signed tokens have an audience.
    matches(
        "Introspection",
        Json.createObjectBuilder(limited()).addAll(Json.createObjectBuilder(introspected)).build());
    matches("OAuthError", api.as("bob").form(ApiFixture.INTROSPECT, form).json());
    JsonObject scopes = api.as("bob").get(ApiFixture.SERVICE + "/scopes").json();
    matches("ScopeCatalogue", scopes);
    matches("Scope", scopes.getJsonArray("scopes").getJsonObject(0));
  }

  /** Returns the introspection response for the previous secret of a token with limits. */
  private JsonObject limited() {
    String request =
        ApiFixture.body("limited", "[\"catalog:read\"]")
            .replace("{", "{\"allowedAddresses\":[\"192.0.2.1\"],\"requestsPerMinute\":1,");
    JsonObject made = api.as("alice").post(ApiFixture.SERVICE, request).json();
    String path = ApiFixture.SERVICE + "/" + made.getJsonObject("token").getString("id");
    api.as("alice").post(path + "/rotate", "{}").expect(200);
    String form = "token=" + made.getString("rawToken") + "&client_address=192.0.2.1";
    return api.as("alice").form(ApiFixture.INTROSPECT, form).json();
  }

  @Test
  void onlyMembersThatMayBeAbsentAreNotRequired() {
    api.create("n", "[\"catalog:read\"]");
    assertEquals(
        required("ServiceTokenPage"),
        new TreeSet<>(api.as("bob").get(ApiFixture.SERVICE).json().keySet()));
    assertEquals(
        required("Identity"), new TreeSet<>(api.as("bob").get(ApiFixture.WHOAMI).json().keySet()));
    assertEquals(words("name description groupEntityRef scopes"), required("NewServiceToken"));
    assertEquals(
        words(
            "name description groupEntityRef scopes expiresInDays expiresAt allowedAddresses"
                + " requestsPerMinute"),
        schema("NewServiceToken").getJsonObject("properties").keySet());
    assertEquals(words("reason"), required("Revocation"));
    assertEquals(words("ids reason"), required("BulkRevocation"));
    assertEquals(words("active"), required("Introspection"));
    assertEquals(words("token"), required("RevocationForm"));
    assertEquals(
        words("token token_type_hint client_id client_secret"),
        schema("RevocationForm").getJsonObject("properties").keySet());
  }

  @Test
  void operationIdsAreUnique() {
    Set<String> names = new TreeSet<>();
    for (String path : DOCUMENT.getJsonObject("paths").keySet()) {
      JsonObject operations = DOCUMENT.getJsonObject("paths").getJsonObject(path);
      for (String method : operations.keySet()) {
        String name = operations.getJsonObject(method).getString("operationId");
        assertTrue(names.add(name), name + " is not unique");
      }
    }
    assertFalse(names.isEmpty(), "no operations are described");
  }

  private JsonObject schema(String name) {
    return DOCUMENT.getJsonObject("components").getJsonObject("schemas").getJsonObject(name);
  }

  private Set<String> properties(String name) {
    return schema(name).getJsonObject("properties").keySet();
  }

  private Set<String> required(String name) {
    return new TreeSet<>(schema(name).getJsonArray("required").getValuesAs(JsonString::getString));
  }

  private void matches(String name, JsonObject rendered) {
    assertEquals(
        new TreeSet<>(schema(name).getJsonObject("properties").keySet()),
        new TreeSet<>(rendered.keySet()),
        name);
  }
}
