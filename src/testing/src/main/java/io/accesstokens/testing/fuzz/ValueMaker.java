package io.accesstokens.testing.fuzz;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Generates valid and hostile values for parameters and JSON members. */
final class ValueMaker {

  private static final int MAX = 100;

  private final KnownValues known;
  private final Choice choice;

  ValueMaker(KnownValues known, Choice choice) {
    this.known = known;
    this.choice = choice;
  }

  /** Returns a value that the schema allows, as text. Prefers values that the application knows. */
  String good(Operation operation, String name, JsonObject schema) {
    JsonArray allowed = schema.getJsonArray("enum");
    if (allowed != null) {
      return ((JsonString) choice.oneOf(List.copyOf(allowed))).getString();
    }
    return switch (OpenApi.type(schema)) {
      case "integer", "number" -> {
        long least = schema.getInt("minimum", 0);
        yield Long.toString(
            choice.between(least, Math.min(schema.getInt("maximum", MAX), least + MAX)));
      }
      case "boolean" -> Boolean.toString(choice.chance(50));
      default -> known.pick(operation, name, choice).orElseGet(() -> fresh(name, schema));
    };
  }

  private String fresh(String name, JsonObject schema) {
    return switch (schema.getString("format", "")) {
      case "uuid" -> new UUID(choice.bits(), choice.bits()).toString();
      case "date-time" -> {
        long days = name.startsWith("expires") ? choice.between(1, 29) : choice.between(-90, 90);
        yield Instant.now()
            .truncatedTo(choice.oneOf(List.of(ChronoUnit.SECONDS, ChronoUnit.MILLIS)))
            .plus(days, ChronoUnit.DAYS)
            .toString();
      }
      default -> "f" + choice.word(16);
    };
  }

  /** Returns a value that the schema allows, as JSON text. */
  String goodJson(Operation operation, String name, JsonObject schema) {
    return switch (OpenApi.type(schema)) {
      case "integer", "number", "boolean" -> good(operation, name, schema);
      case "array" -> {
        Set<String> elements = new java.util.LinkedHashSet<>();
        JsonObject element = schema.getJsonObject("items");
        for (int i = choice.below(3); i >= 0; i--) {
          elements.add(goodJson(operation, name, element));
        }
        yield '[' + String.join(",", elements) + ']';
      }
      default -> Json.createValue(good(operation, name, schema)).toString();
    };
  }

  /**
   * Returns a hostile value for a query or a path. The percent-encoding of the value may be
   * invalid.
   */
  String hostile(Operation operation, String name, JsonObject schema) {
    if (choice.chance(25)) {
      String good = good(operation, name, schema);
      return choice.chance(50)
          ? encoded(mutated(good))
          : good + choice.oneOf(HostileValues.ENCODED);
    }
    List<String> typed =
        switch (OpenApi.type(schema)) {
          case "integer", "number" -> HostileValues.NUMBERS;
          case "boolean" -> HostileValues.BOOLEANS;
          default ->
              switch (schema.getString("format", "")) {
                case "date-time" -> HostileValues.DATES;
                case "uuid" -> HostileValues.IDS;
                default -> name.endsWith("EntityRef") ? HostileValues.REFS : HostileValues.ENCODED;
              };
        };
    return choice.oneOf(choice.chance(70) ? typed : HostileValues.ENCODED);
  }

  /**
   * Returns a valid value with one change: a character is removed, duplicated or replaced, or all
   * letters are in upper case.
   */
  private String mutated(String good) {
    if (good.isEmpty()) {
      return "x";
    }
    int at = choice.below(good.length());
    String before = good.substring(0, at);
    String after = good.substring(at + 1);
    return switch (choice.below(4)) {
      case 0 -> before + after;
      case 1 -> before + good.charAt(at) + good.charAt(at) + after;
      case 2 -> before + (char) (good.charAt(at) ^ (1 << choice.below(7))) + after;
      default -> good.toUpperCase(java.util.Locale.ROOT);
    };
  }

  /** Returns JSON text for a hostile value of a member. Some of the texts are malformed. */
  String hostileJson(Operation operation, String name, JsonObject schema) {
    if (choice.chance(15)) {
      return choice.oneOf(HostileValues.NOT_JSON);
    }
    if (choice.chance(15)) {
      return Json.createValue(mutated(good(operation, name, schema))).toString();
    }
    if (choice.chance(15)) {
      List<String> texts = new ArrayList<>(HostileValues.DATES);
      texts.addAll(HostileValues.REFS);
      texts.addAll(HostileValues.IDS);
      return Json.createValue(choice.oneOf(texts)).toString();
    }
    return choice.oneOf(HostileValues.JSON);
  }

  /**
   * Percent-encodes a text in UTF-8. ASCII letters, ASCII digits and {@code -._~:/} stay unchanged.
   */
  static String encoded(String value) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xFF);
      if (c < 0x7F && (Character.isLetterOrDigit(c) || "-._~:/".indexOf(c) >= 0)) {
        encoded.append(c);
      } else {
        encoded.append(String.format("%%%02X", (int) c));
      }
    }
    return encoded.toString();
  }
}
