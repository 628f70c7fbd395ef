package io.accesstokens.compatibility;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openapitools.openapidiff.core.OpenApiCompare;
import org.openapitools.openapidiff.core.model.ChangedOpenApi;
import org.openapitools.openapidiff.core.output.ConsoleRender;

/**
 * Tests that the OpenAPI document does not break clients of the recorded document. {@code
 * -Dopenapi.renew=true} records the current document, see CONTRIBUTING.md.
 */
class ApiCompatibilityTest {

  private static final Path RECORDED =
      Path.of("src/compatibility/src/test/resources/io/accesstokens/compatibility/openapi.json");

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String NULL = "null";

  private final String current = current();
  private ObjectNode changed = MAPPER.createObjectNode();

  @BeforeEach
  void copy() throws IOException {
    changed = (ObjectNode) MAPPER.readTree(current);
  }

  private static String current() {
    try (InputStream in =
        ApiCompatibilityTest.class.getResourceAsStream(
            "/io/accesstokens/app/wiring/openapi.json")) {
      return new String(
          Objects.requireNonNull(in, "no document").readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void apiDoesNotBreakClientsOfTheRecordedVersion() throws IOException {
    if (Boolean.getBoolean("openapi.renew")) {
      Files.writeString(RECORDED, current);
    }
    assertEquals("", breaks(MAPPER.readTree(Files.readString(RECORDED)), changed));
  }

  /** Each row removes or adds one member of the document. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /paths/~1access-tokens~1service                                  | post        |
          /paths/~1access-tokens~1service/get                              | operationId | "listTokens"
          /paths/~1access-tokens~1revoke/post                              | security    | [{"bearer": []}]
          /paths/~1access-tokens~1groups/get/parameters/0                  | required    | true
          /paths/~1access-tokens~1service~1{id}/patch/requestBody/content  | application/merge-patch+json |
          /components/parameters/limit/schema                              | type        | "string"
          /components/schemas/ServiceToken/properties                      | status      |
          /components/schemas/ServiceToken/properties/requestsPerMinute    | type        | ["string", "null"]
          /components/schemas/PreviousSecret/properties                    | usesToday   |
          /components/schemas/ConsentDecision/properties/decision          | enum        | ["allow"]
          /components/schemas/NewServiceToken                              | required    | ["name", "description", "groupEntityRef", "scopes", "expiresAt"]
          """)
  void breakingChangeIsFound(String parent, String member, String value) throws IOException {
    change(parent, member, value);
    assertNotEquals("", breaks(MAPPER.readTree(current), changed));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /paths                                          | /new | {"get": {"operationId": "listNew", "responses": {"200": {"description": "new"}}}}
          /components/schemas/ServiceToken/properties     | new  | {"type": "string"}
          /components/schemas/NewServiceToken/properties  | new  | {"type": "string"}
          /components/schemas                             | New  | {"type": "string"}
          """)
  void additionIsNoBreak(String parent, String member, String value) throws IOException {
    change(parent, member, value);
    assertEquals("", breaks(MAPPER.readTree(current), changed));
  }

  private void change(String parent, String member, String value) throws IOException {
    ObjectNode object = (ObjectNode) changed.at(parent);
    if (value == null) {
      object.remove(member);
    } else {
      object.set(member, MAPPER.readTree(value));
    }
    assertNotEquals(MAPPER.readTree(current), changed, "the document has no such member");
  }

  /** Returns the changes that break clients, or an empty string if there are none. */
  private static String breaks(JsonNode before, JsonNode after) throws IOException {
    StringBuilder breaks = new StringBuilder();
    // The names in generated clients, and the need of a credential.
    Set<String> lost = namesIn(before);
    lost.removeAll(namesIn(after));
    lost.forEach(name -> breaks.append("lost: ").append(name).append('\n'));
    ChangedOpenApi difference =
        OpenApiCompare.fromContents(version30(before).toString(), version30(after).toString());
    if (difference.isIncompatible()) {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      new ConsoleRender().render(difference, new OutputStreamWriter(text, StandardCharsets.UTF_8));
      breaks.append(text.toString(StandardCharsets.UTF_8));
    }
    return breaks.toString();
  }

  /** Returns the names of all schemas, and the name and security of each operation. */
  private static Set<String> namesIn(JsonNode document) {
    Set<String> names = new TreeSet<>();
    document.at("/components/schemas").fieldNames().forEachRemaining(names::add);
    for (JsonNode path : document.get("paths")) {
      for (JsonNode operation : path) {
        names.add(operation.get("operationId").asText() + " " + operation.path("security"));
      }
    }
    return names;
  }

  /**
   * Returns a document in OpenAPI 3.0 with the same schemas, apart from null in references. OpenAPI
   * Diff does not compare the types of OpenAPI 3.1.
   */
  private static JsonNode version30(JsonNode node) {
    if (node instanceof ArrayNode array) {
      ArrayNode converted = MAPPER.createArrayNode();
      array.forEach(element -> converted.add(version30(element)));
      return converted;
    }
    if (!(node instanceof ObjectNode object)) {
      return node;
    }
    if (object.path("anyOf").path(1).path("type").asText().equals(NULL)) {
      return object.get("anyOf").get(0);
    }
    ObjectNode converted = MAPPER.createObjectNode();
    object
        .properties()
        .forEach(entry -> converted.set(entry.getKey(), version30(entry.getValue())));
    if (object.get("type") instanceof ArrayNode types) {
      converted.put(
          "type",
          types.get(0).asText().equals(NULL) ? types.get(1).asText() : types.get(0).asText());
      converted.put("nullable", true);
    }
    if (object.has("openapi")) {
      converted.put("openapi", "3.0.3");
    }
    return converted;
  }
}
