package io.accesstokens.app.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.http.ApiDescriptionResource;
import io.accesstokens.testing.fuzz.OpenApiReferences;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Tests the OpenAPI document of the application: the resources of {@code rest} and of sign-in. */
class ApplicationOpenApiTest {

  private static final String SCHEMAS = "#/components/schemas/";
  private static final String COMMON = "400 401 403 405 406 429 500 503";

  private static final JsonObject REST = document(ApiDescriptionResource.class);
  private static final JsonObject APPLICATION = document(ApiProducer.class);

  private static JsonObject document(Class<?> beside) {
    try (JsonReader reader =
        Json.createReader(
            Objects.requireNonNull(beside.getResourceAsStream("openapi.json"), "no document"))) {
      return OpenApiReferences.resolve(reader.readObject());
    }
  }

  private static Map<String, Set<String>> statuses(JsonObject document) {
    Map<String, Set<String>> statuses = new TreeMap<>();
    JsonObject paths = document.getJsonObject("paths");
    for (String path : paths.keySet()) {
      paths
          .getJsonObject(path)
          .forEach(
              (method, operation) ->
                  statuses.put(
                      method + ' ' + path,
                      new TreeSet<>(operation.asJsonObject().getJsonObject("responses").keySet())));
    }
    return statuses;
  }

  private static Set<String> words(String text) {
    return new TreeSet<>(Set.of(text.split(" ")));
  }

  @Test
  void documentHasExactlyTheExpectedRoutesAndStatuses() {
    Map<String, Set<String>> expected = statuses(REST);
    assertTrue(expected.containsKey("post /access-tokens/service"), expected::toString);
    for (String path :
        List.of(
            "log/checkpoint",
            "log/cosigned-checkpoint",
            "log/key",
            "log/status",
            "log/tile/{tile}",
            "log/tile/entries/{bundle}",
            "service/{id}/audit/{eventId}/proof",
            "personal/{id}/audit/{eventId}/proof",
            "user-tokens/{id}/audit/{eventId}/proof")) {
      expected.put("get /access-tokens/" + path, words("200 404 " + COMMON));
    }
    expected.put("post /auth/v1/token", words("200 400 401 403 404 405 408 413 415 429 500 503"));
    expected.put("get /auth/.well-known/jwks.json", words("200 404 " + COMMON));
    expected.put("get /auth/.well-known/openid-configuration", words("200 404 " + COMMON));
    expected.put("get /auth/.well-known/oauth-authorization-server", words("200 404 " + COMMON));
    expected.put("get /auth/v1/authorize", words("302 400 401 403 404 405 429 500 503"));
    expected.put("get /auth/v1/consent/{id}", words("200 404 " + COMMON));
    expected.put("post /auth/v1/consent/{id}", words("200 404 408 413 415 422 " + COMMON));
    expected.put(
        "post /access-tokens/personal/mint", words("200 404 408 409 413 415 422 " + COMMON));
    expected.put("get /access-tokens/personal/mint/callback", words("302 404 " + COMMON));
    expected.put(
        "post /access-tokens/personal/mint/pickup", words("201 404 408 409 413 415 422 " + COMMON));
    expected.put("get /access-tokens/notices", words("200 " + COMMON));
    expected.put("get /access-tokens/session", words("200 " + COMMON));
    expected.put("post /access-tokens/session", words("200 408 413 415 422 " + COMMON));
    expected.put("delete /access-tokens/session", words("200 204 " + COMMON));
    expected.put("get /access-tokens/session/oidc", words("302 404 " + COMMON));
    expected.put("get /access-tokens/session/oidc/callback", words("302 404 " + COMMON));
    expected.put(
        "post /access-tokens/session/reauthentication", words("204 408 413 415 422 " + COMMON));
    expected.put("get /access-tokens/sessions", words("200 " + COMMON));
    expected.put("delete /access-tokens/sessions", words("204 " + COMMON));
    expected.put("delete /access-tokens/sessions/{id}", words("204 404 " + COMMON));
    assertEquals(expected, statuses(APPLICATION));
  }

  @Test
  void schemaOfAnExchangedTokenHasItsMembers() {
    JsonObject schemas = APPLICATION.getJsonObject("components").getJsonObject("schemas");
    assertEquals(
        words("access_token token_type expires_in scope issued_token_type"),
        new TreeSet<>(schemas.getJsonObject("AccessToken").getJsonObject("properties").keySet()));
  }

  @Test
  void everyResponseWithABodyNamesItsMediaTypeAndSchema() {
    List<String> bare = new ArrayList<>();
    JsonObject paths = APPLICATION.getJsonObject("paths");
    for (String path : paths.keySet()) {
      for (String method : paths.getJsonObject(path).keySet()) {
        JsonObject responses =
            paths.getJsonObject(path).getJsonObject(method).getJsonObject("responses");
        responses.forEach(
            (status, response) -> {
              if (!isComplete(status, response.asJsonObject())) {
                bare.add(method + ' ' + path + ' ' + status);
              }
            });
      }
    }
    assertEquals(List.of(), bare);
  }

  private static boolean isComplete(String status, JsonObject response) {
    JsonObject content = response.getJsonObject("content");
    if (content == null) {
      return Set.of("200", "204", "302").contains(status);
    }
    return content.keySet().stream()
        .allMatch(
            type -> {
              JsonObject schema = content.getJsonObject(type).getJsonObject("schema");
              return !type.contains("*") && schema != null && !schema.isEmpty();
            });
  }

  @Test
  void everyRequiredParameterAndBodyHasAnExample() {
    List<String> without = new ArrayList<>();
    JsonObject schemas = APPLICATION.getJsonObject("components").getJsonObject("schemas");
    operations()
        .forEach(
            (name, operation) -> {
              operation
                  .getOrDefault("parameters", JsonValue.EMPTY_JSON_ARRAY)
                  .asJsonArray()
                  .getValuesAs(JsonObject.class)
                  .stream()
                  .filter(parameter -> parameter.getBoolean("required", false))
                  .filter(parameter -> !parameter.containsKey("example"))
                  .forEach(parameter -> without.add(name + ' ' + parameter.getString("name")));
              if (operation.containsKey("requestBody")) {
                operation.getJsonObject("requestBody").getJsonObject("content").values().stream()
                    .map(content -> content.asJsonObject().getJsonObject("schema"))
                    .map(schema -> schema.getString("$ref").replace(SCHEMAS, ""))
                    .filter(schema -> !schemas.getJsonObject(schema).containsKey("example"))
                    .forEach(schema -> without.add(name + ' ' + schema));
              }
            });
    assertEquals(List.of(), without);
  }

  @Test
  void descriptionNamesEachPermissionThatIsSufficient() {
    JsonObject paths = REST.getJsonObject("paths");
    JsonObject search = paths.getJsonObject("/access-tokens/groups").getJsonObject("get");
    assertEquals(
        "Needs one of the permissions `access-tokens:service:read`,"
            + " `access-tokens:service:write`, `access-tokens:service:revoke`.",
        search.getString("description"));
  }

  @Test
  void onlyOpenOperationsNeedNoCredential() {
    Map<String, TreeSet<String>> bySecurity =
        operations().values().stream()
            .filter(operation -> operation.containsKey("security"))
            .collect(
                Collectors.groupingBy(
                    operation -> operation.getJsonArray("security").toString(),
                    Collectors.mapping(
                        operation -> operation.getString("operationId"),
                        Collectors.toCollection(TreeSet::new))));
    assertEquals(
        Map.of(
            "[]",
            words(
                "finishMintFlow finishOpenIdSignIn getAuthorizationServer getKeySet"
                    + " getOpenApiDocument getOpenIdConfiguration getSession reauthenticate"
                    + " signIn signOut startAuthorization startOpenIdSignIn"),
            "[{},{\"basic\":[]}]", // an OAuth client may authenticate
            words("createAccessToken revokeToken")),
        bySecurity);
  }

  /** Returns each operation, by its method and path. */
  private Map<String, JsonObject> operations() {
    Map<String, JsonObject> operations = new TreeMap<>();
    APPLICATION
        .getJsonObject("paths")
        .forEach(
            (path, methods) ->
                methods
                    .asJsonObject()
                    .forEach(
                        (method, operation) ->
                            operations.put(method + ' ' + path, operation.asJsonObject())));
    return operations;
  }
}
