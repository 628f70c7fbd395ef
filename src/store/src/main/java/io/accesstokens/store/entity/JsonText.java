package io.accesstokens.store.entity;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.spi.JsonProvider;
import java.io.StringReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Converts lists and maps of texts to the JSON text of a column, and back. */
public final class JsonText {

  // The provider is looked up only once, because each look-up searches the class path.
  private static final JsonProvider JSON = JsonProvider.provider();

  private JsonText() {}

  public static String ofList(List<String> texts) {
    JsonArrayBuilder array = JSON.createArrayBuilder();
    texts.forEach(array::add);
    return array.build().toString();
  }

  /**
   * Returns the list of a JSON text. Equal texts in all lists share one object, which saves memory:
   * thousands of tokens have the same scopes.
   */
  static List<String> list(String json) {
    try (JsonReader reader = JSON.createReader(new StringReader(json))) {
      JsonArray array = reader.readArray();
      return array.getValuesAs((JsonString text) -> text.getString().intern());
    }
  }

  /** Returns the list of a JSON text; empty if the text is not a JSON list with texts only. */
  public static Optional<List<String>> listIfValid(String json) {
    try {
      return Optional.of(List.copyOf(list(json)));
    } catch (RuntimeException e) { // also for JSON that is nested too deeply
      return Optional.empty();
    }
  }

  public static String ofMap(Map<String, String> texts) {
    JsonObjectBuilder object = JSON.createObjectBuilder();
    texts.forEach(object::add);
    return object.build().toString();
  }

  /** Returns the map of a JSON text; empty if the text is not a JSON object with texts only. */
  public static Optional<Map<String, String>> mapIfValid(String json) {
    try {
      return Optional.of(map(json));
    } catch (RuntimeException e) { // also for JSON that is nested too deeply
      return Optional.empty();
    }
  }

  static Map<String, String> map(String json) {
    try (JsonReader reader = JSON.createReader(new StringReader(json))) {
      JsonObject object = reader.readObject();
      Map<String, String> texts = new HashMap<>();
      object.keySet().forEach(key -> texts.put(key, object.getString(key)));
      return texts;
    }
  }
}
