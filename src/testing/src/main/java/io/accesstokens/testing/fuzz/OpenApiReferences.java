package io.accesstokens.testing.fuzz;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;

/** Resolves the references in an OpenAPI document. */
public final class OpenApiReferences {

  private static final String SCHEMAS = "#/components/schemas/";

  private OpenApiReferences() {}

  /**
   * Returns a document in which each reference to a shared parameter, header or response is
   * replaced by its target. References to schemas stay, because schemas can be recursive.
   *
   * @param document an OpenAPI document without references to other documents
   */
  public static JsonObject resolve(JsonObject document) {
    return resolve(document, document).asJsonObject();
  }

  private static JsonValue resolve(JsonValue value, JsonObject document) {
    if (value instanceof JsonArray array) {
      JsonArrayBuilder resolved = Json.createArrayBuilder();
      array.forEach(element -> resolved.add(resolve(element, document)));
      return resolved.build();
    }
    if (value instanceof JsonObject object) {
      if (object.get("$ref") instanceof JsonString reference
          && !reference.getString().startsWith(SCHEMAS)) {
        return resolve(document.getValue(reference.getString().substring(1)), document);
      }
      JsonObjectBuilder resolved = Json.createObjectBuilder();
      object.forEach((name, member) -> resolved.add(name, resolve(member, document)));
      return resolved.build();
    }
    return value;
  }
}
