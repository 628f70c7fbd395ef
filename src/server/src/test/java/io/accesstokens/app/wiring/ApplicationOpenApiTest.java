package io.accesstokens.app.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.http.ApiDescription;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Tests the OpenAPI document of the application: the resources of {@code rest} and of sign-in. */
class ApplicationOpenApiTest {

  private static final String COMMON = "400 401 403 405 406 429 500 503";

  private final JsonObject rest = document(ApiDescription.class);
  private final JsonObject application = document(ApiProducer.class);

  private static JsonObject document(Class<?> beside) {
    try (JsonReader reader =
        Json.createReader(
            Objects.requireNonNull(beside.getResourceAsStream("openapi.json"), "no document"))) {
      return reader.readObject();
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
    Map<String, Set<String>> expected = statuses(rest);
    assertTrue(expected.containsKey("post /access-tokens/service"), expected::toString);
    expected.put("get /access-tokens/notices", words("200 " + COMMON));
    expected.put("get /access-tokens/session", words("200 " + COMMON));
    expected.put("post /access-tokens/session", words("200 413 415 422 " + COMMON));
    expected.put("delete /access-tokens/session", words("200 204 " + COMMON));
    expected.put("get /access-tokens/session/oidc", words("302 404 " + COMMON));
    expected.put("get /access-tokens/session/oidc/callback", words("302 404 " + COMMON));
    expected.put(
        "post /access-tokens/session/reauthentication", words("204 413 415 422 " + COMMON));
    expected.put("get /access-tokens/sessions", words("200 " + COMMON));
    expected.put("delete /access-tokens/sessions", words("204 " + COMMON));
    expected.put("delete /access-tokens/sessions/{id}", words("204 404 " + COMMON));
    assertEquals(expected, statuses(application));
  }

  @Test
  void everyResponseWithABodyNamesItsMediaTypeAndSchema() {
    List<String> bare = new ArrayList<>();
    JsonObject paths = application.getJsonObject("paths");
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
}
