package io.accesstokens.transparency.ocsf;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Validates events against the published files of the OCSF schema, which are in the folder {@code
 * schema}. Attributes of profiles count as unknown, because no event uses a profile.
 */
final class OcsfSchema {

  private static final String REQUIRED = "required";

  // The provider is looked up only once, because each look-up searches the class path.
  private static final JsonProvider JSON = JsonProvider.provider();

  private final Map<String, JsonObject> files = new HashMap<>();
  private final JsonObject dictionary = read("dictionary.json");
  private final JsonObject types = dictionary.getJsonObject("types").getJsonObject("attributes");
  private final Map<Integer, JsonObject> classes = new HashMap<>();

  OcsfSchema() {
    for (String name : List.of("entity_management", "authentication")) {
      JsonObject definition = read("events/iam/" + name + ".json");
      classes.put(definition.getInt("uid"), definition);
    }
  }

  private JsonObject read(String file) {
    return files.computeIfAbsent(file, OcsfSchema::parse);
  }

  private static JsonObject parse(String file) {
    try (InputStream in =
            Objects.requireNonNull(OcsfSchema.class.getResourceAsStream("schema/" + file), file);
        JsonReader reader = JSON.createReader(in)) {
      return reader.readObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the differences between an event and the schema, one in each element. */
  List<String> errors(JsonObject event) {
    List<String> errors = new ArrayList<>();
    JsonObject category = read("categories.json").getJsonObject("attributes").getJsonObject("iam");
    int number = event.getInt("class_uid") - category.getInt("uid") * 1_000;
    JsonObject definition = classes.get(number);
    if (definition == null) {
      return List.of("class_uid is unknown");
    }
    expect(category.get("uid"), event.get("category_uid"), "category_uid", errors);
    expect(category.get("caption"), event.get("category_name"), "category_name", errors);
    expect(definition.get("caption"), event.get("class_name"), "class_name", errors);
    int type = event.getInt("class_uid") * 100 + event.getInt("activity_id");
    expect(JSON.createValue(type), event.get("type_uid"), "type_uid", errors);
    String typeName = event.getString("class_name") + ": " + event.getString("activity_name");
    expect(JSON.createValue(typeName), event.get("type_name"), "type_name", errors);
    expect(
        read("version.json").get("version"),
        event.getJsonObject("metadata").get("version"),
        "metadata.version",
        errors);
    Set<String> derived = Set.of("category_uid", "class_uid");
    checkObject(
        List.of(definition, read("events/iam/iam.json"), read("events/base_event.json")),
        event,
        derived,
        "",
        errors);
    return errors;
  }

  private static void expect(
      @Nullable JsonValue expected, @Nullable JsonValue seen, String path, List<String> errors) {
    if (!Objects.equals(expected, seen)) {
      errors.add(path + " must be " + expected + ", but is " + seen);
    }
  }

  /**
   * Checks an object.
   *
   * @param definitions the definition of the class, followed by the definitions that it extends
   * @param derived the names of the attributes whose enum values are not checked
   */
  private void checkObject(
      List<JsonObject> definitions,
      JsonObject object,
      Set<String> derived,
      String path,
      List<String> errors) {
    Map<String, JsonObject> attributes = new HashMap<>();
    for (int i = definitions.size() - 1; i >= 0; i--) {
      definitions
          .get(i)
          .getJsonObject("attributes")
          .forEach(
              (name, value) -> {
                if (!name.equals("$include")) {
                  attributes.merge(name, value.asJsonObject(), OcsfSchema::merged);
                }
              });
    }
    attributes.forEach(
        (name, attribute) -> {
          if (REQUIRED.equals(attribute.getString("requirement", ""))
              && !object.containsKey(name)) {
            errors.add(path + name + " is required");
          }
        });
    object.forEach(
        (name, value) -> {
          JsonObject attribute = attributes.get(name);
          if (attribute == null) {
            errors.add(path + name + " is unknown");
          } else {
            JsonObject whole =
                merged(dictionary.getJsonObject("attributes").getJsonObject(name), attribute);
            checkAttribute(whole, object, name, value, derived.contains(name), path, errors);
          }
        });
    for (JsonObject definition : definitions) {
      JsonObject constraints = definition.getJsonObject("constraints");
      if (constraints != null) {
        checkConstraints(constraints, object, path, errors);
        return; // the constraints of a definition replace the inherited ones
      }
    }
  }

  /**
   * Returns an object with the members of both objects. Unites the enums. Other members of the
   * second object replace those of the first.
   */
  private static JsonObject merged(JsonObject general, JsonObject special) {
    JsonObject all =
        JSON.createObjectBuilder(general).addAll(JSON.createObjectBuilder(special)).build();
    if (!general.containsKey("enum") || !special.containsKey("enum")) {
      return all;
    }
    return JSON.createObjectBuilder(all)
        .add(
            "enum",
            JSON.createObjectBuilder(general.getJsonObject("enum"))
                .addAll(JSON.createObjectBuilder(special.getJsonObject("enum"))))
        .build();
  }

  private static void checkConstraints(
      JsonObject constraints, JsonObject object, String path, List<String> errors) {
    Set<String> unknown = new HashSet<>(constraints.keySet());
    unknown.remove("at_least_one");
    if (!unknown.isEmpty()) {
      throw new IllegalStateException("this test does not know the constraints " + unknown);
    }
    if (constraints.getJsonArray("at_least_one").getValuesAs(JsonString.class).stream()
        .noneMatch(name -> object.containsKey(name.getString()))) {
      errors.add(path + " needs one of " + constraints.getJsonArray("at_least_one"));
    }
  }

  private void checkAttribute(
      JsonObject attribute,
      JsonObject parent,
      String name,
      JsonValue value,
      boolean derived,
      String path,
      List<String> errors) {
    if (attribute.containsKey("@deprecated")) {
      errors.add(path + name + " is deprecated");
    }
    if (attribute.getBoolean("is_array", false)) {
      if (value instanceof JsonArray array) {
        for (int i = 0; i < array.size(); i++) {
          checkValue(attribute, array.get(i), path + name + '[' + i + ']', errors);
        }
      } else {
        errors.add(path + name + " must be an array");
      }
      return;
    }
    checkValue(attribute, value, path + name, errors);
    JsonObject values = attribute.getJsonObject("enum");
    if (values != null && !derived) {
      JsonObject entry = values.getJsonObject(value.toString());
      if (entry == null) {
        errors.add(path + name + " must not be " + value);
      } else if (entry.containsKey("@deprecated")) {
        errors.add(path + name + " has a deprecated value");
      } else if (attribute.containsKey("sibling") && !value.toString().equals("99")) {
        String sibling = attribute.getString("sibling");
        expect(entry.get("caption"), parent.get(sibling), path + sibling, errors);
      }
    }
  }

  private void checkValue(JsonObject attribute, JsonValue value, String path, List<String> errors) {
    String type = attribute.getString("type");
    JsonObject primitive = types.getJsonObject(type);
    if (primitive == null) {
      if (value instanceof JsonObject object) {
        if (!type.equals("object")) {
          checkObject(definitions(type), object, Set.of(), path + '.', errors);
        }
      } else {
        errors.add(path + " must be an object");
      }
      return;
    }
    String base = primitive.getString("type", type);
    boolean fits =
        switch (base) {
          case "string_t" -> value instanceof JsonString text && fits(primitive, text.getString());
          case "integer_t", "long_t" -> value instanceof JsonNumber number && number.isIntegral();
          case "boolean_t" -> value == JsonValue.TRUE || value == JsonValue.FALSE;
          case "json_t" -> true;
          default -> throw new IllegalStateException("this test does not know the type " + base);
        };
    if (!fits) {
      errors.add(path + " must be a " + type + ", but is " + value);
    }
  }

  private static boolean fits(JsonObject primitive, String text) {
    return text.length() <= primitive.getInt("max_len", Integer.MAX_VALUE)
        && (!primitive.containsKey("regex")
            || Pattern.compile(primitive.getString("regex")).matcher(text).find());
  }

  /** Returns the definition of an object, followed by the definitions that it extends. */
  private List<JsonObject> definitions(String object) {
    List<JsonObject> definitions = new ArrayList<>();
    String next = object;
    while (!next.isEmpty()) {
      JsonObject definition = read("objects/" + next + ".json");
      definitions.add(definition);
      next = definition.getString("extends", "");
    }
    return definitions;
  }
}
