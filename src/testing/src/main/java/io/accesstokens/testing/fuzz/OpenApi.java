package io.accesstokens.testing.fuzz;

import io.accesstokens.testing.fuzz.Operation.Body;
import io.accesstokens.testing.fuzz.Operation.DeclaredResponse;
import io.accesstokens.testing.fuzz.Operation.Parameter;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** An OpenAPI 3.1 document. This class supports only the parts that the fuzzer needs. */
final class OpenApi {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{[^}]*\\}");

  private final JsonObject document;
  private final List<Operation> operations = new ArrayList<>();

  OpenApi(JsonObject described) {
    this.document = OpenApiReferences.resolve(described);
    JsonObject paths = document.getJsonObject("paths");
    for (String path : paths.keySet()) {
      JsonObject methods = paths.getJsonObject(path);
      for (String method : methods.keySet()) {
        operations.add(operation(path, method, methods.getJsonObject(method)));
      }
    }
  }

  /** Returns all operations, in the order of the document. */
  List<Operation> operations() {
    return List.copyOf(operations);
  }

  /** Returns the schemas that the operations share ({@code components/schemas}). */
  JsonObject schemas() {
    return document.getJsonObject("components").getJsonObject("schemas");
  }

  /**
   * Returns the operation with the given method and path, or empty if there is none.
   *
   * @param path a path below the root of the API, without a query
   */
  Optional<Operation> find(String method, String path) {
    Optional<Operation> exact =
        operations.stream()
            .filter(operation -> operation.method().equals(method))
            .filter(operation -> operation.path().equals(path))
            .findFirst();
    return exact.isPresent()
        ? exact
        : operations.stream()
            .filter(operation -> operation.method().equals(method))
            .filter(operation -> matches(operation.path(), path))
            .findFirst();
  }

  private static boolean matches(String template, String path) {
    Matcher placeholders = PLACEHOLDER.matcher(template);
    StringBuilder pattern = new StringBuilder();
    int end = 0;
    while (placeholders.find()) {
      pattern.append(Pattern.quote(template.substring(end, placeholders.start()))).append("[^/]+");
      end = placeholders.end();
    }
    return path.matches(pattern.append(Pattern.quote(template.substring(end))).toString());
  }

  private Operation operation(String path, String method, JsonObject described) {
    List<Parameter> parameters = new ArrayList<>();
    for (JsonValue value :
        described.getOrDefault("parameters", JsonValue.EMPTY_JSON_ARRAY).asJsonArray()) {
      JsonObject parameter = value.asJsonObject();
      parameters.add(
          new Parameter(
              parameter.getString("name"),
              parameter.getString("in"),
              parameter.getBoolean("required", false),
              resolved(parameter.getJsonObject("schema"))));
    }
    Body body = null;
    if (described.containsKey("requestBody")) {
      JsonObject request = described.getJsonObject("requestBody");
      JsonObject content = request.getJsonObject("content");
      String mediaType = content.keySet().iterator().next();
      JsonObject schema = resolved(content.getJsonObject(mediaType).getJsonObject("schema"));
      body = new Body(mediaType, request.getBoolean("required", false), schema);
    }
    Map<Integer, DeclaredResponse> responses = new TreeMap<>();
    JsonObject declared = described.getJsonObject("responses");
    for (String status : declared.keySet()) {
      responses.put(Integer.valueOf(status), response(declared.getJsonObject(status)));
    }
    return new Operation(
        method.toUpperCase(Locale.ROOT),
        path,
        parameters,
        body,
        responses,
        described.getBoolean("x-any-method", false));
  }

  private DeclaredResponse response(JsonObject described) {
    Map<String, JsonObject> content = new TreeMap<>();
    JsonObject types = object(described, "content");
    for (String type : types.keySet()) {
      content.put(type, resolved(object(types.getJsonObject(type), "schema")));
    }
    JsonObject headers = object(described, "headers");
    return new DeclaredResponse(
        content,
        headers.keySet().stream()
            .filter(name -> headers.getJsonObject(name).getBoolean("required", false))
            .collect(Collectors.toUnmodifiableSet()));
  }

  private static JsonObject object(JsonObject parent, String name) {
    return Objects.requireNonNullElse(parent.getJsonObject(name), JsonValue.EMPTY_JSON_OBJECT);
  }

  /** Returns the given schema, or the shared schema that the given schema references. */
  JsonObject resolved(JsonObject schema) {
    String reference = schema.getString("$ref", "");
    return reference.isEmpty()
        ? schema
        : schemas().getJsonObject(reference.substring(reference.lastIndexOf('/') + 1));
  }

  /** Returns the members that an object schema declares, each with its schema. */
  static JsonObject properties(JsonObject schema) {
    return object(schema, "properties");
  }

  /** Returns the first type that a schema allows, or an empty string. */
  static String type(JsonObject schema) {
    JsonValue type = schema.getOrDefault("type", JsonValue.NULL);
    if (type instanceof JsonArray several) {
      return several.getString(0);
    }
    return type instanceof JsonString one ? one.getString() : "";
  }
}
