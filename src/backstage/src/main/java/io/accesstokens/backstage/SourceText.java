package io.accesstokens.backstage;

import io.accesstokens.verify.EntityRef;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonParser;
import java.io.StringReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Converts text of the plugin's columns to values. Each conversion returns empty if the text is
 * invalid.
 */
final class SourceText {

  private static final JsonProvider JSON = JsonProvider.provider();
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final int MAX_NAME_LENGTH = 255;

  /**
   * Maximum length of a JSON text, in characters. The columns of the target database can contain
   * every shorter text. Without this limit, one row could make the whole import fail.
   */
  private static final int MAX_JSON_LENGTH = 100_000;

  private SourceText() {}

  static Optional<UUID> uuid(String text) {
    return Optional.of(text.strip()).filter(UUID_TEXT.asMatchPredicate()).map(UUID::fromString);
  }

  /**
   * Returns true if a text can be a name in the audit log: 1 to 255 characters, not blank, and
   * without control characters and unpaired surrogates.
   */
  static boolean isName(String text) {
    return !text.isBlank()
        && text.codePointCount(0, text.length()) <= MAX_NAME_LENGTH
        && text.codePoints().noneMatch(Character::isISOControl)
        && isStorable(text);
  }

  /**
   * Parses a text as the ref of a user with its kind, such as {@code user:default/alice}. Returns
   * empty for any other text.
   */
  static Optional<EntityRef> user(String text) {
    return text.contains(":") ? EntityRef.parseUser(text) : Optional.empty();
  }

  private static boolean isStorable(String text) {
    return text.codePoints().noneMatch(c -> c == 0 || Character.getType(c) == Character.SURROGATE);
  }

  /**
   * Parses a JSON array of strings. Returns empty for any other text, and for a text of more than
   * 100,000 characters.
   */
  static Optional<List<String>> list(String json) {
    if (json.length() > MAX_JSON_LENGTH) {
      return Optional.empty();
    }
    try {
      return value(json) instanceof JsonArray array
              && array.stream().allMatch(JsonString.class::isInstance)
          ? Optional.of(array.getValuesAs(JsonString::getString))
          : Optional.empty();
    } catch (RuntimeException | StackOverflowError e) {
      return Optional.empty(); // not JSON, or a number or the depth exceeds a limit of the parser
    }
  }

  /**
   * Parses a JSON object to a map of texts.
   *
   * <ul>
   *   <li>The value of a string member is its plain text. The value of any other member is its JSON
   *       text.
   *   <li>A member with the value null is omitted.
   *   <li>The JSON value null gives an empty map.
   * </ul>
   *
   * @return empty if the text is neither an object nor null, has more than 100,000 characters, or
   *     contains a character that the target cannot store
   */
  static Optional<Map<String, String>> map(String json) {
    if (json.length() > MAX_JSON_LENGTH) {
      return Optional.empty();
    }
    try {
      JsonValue value = value(json);
      if (value == JsonValue.NULL) {
        return Optional.of(Map.of());
      }
      if (!(value instanceof JsonObject object)) {
        return Optional.empty();
      }
      Map<String, String> texts = new HashMap<>();
      object.forEach(
          (key, member) -> {
            if (member != JsonValue.NULL) {
              texts.put(
                  key, member instanceof JsonString text ? text.getString() : member.toString());
            }
          });
      boolean storable =
          texts.entrySet().stream()
              .allMatch(entry -> isStorable(entry.getKey()) && isStorable(entry.getValue()));
      return storable ? Optional.of(texts) : Optional.empty();
    } catch (RuntimeException | StackOverflowError e) {
      return Optional.empty(); // not JSON, or a number or the depth exceeds a limit of the parser
    }
  }

  /** Parses a text that contains exactly one JSON value. A reader would ignore further text. */
  private static JsonValue value(String json) {
    try (JsonParser parser = JSON.createParser(new StringReader(json))) {
      parser.next();
      JsonValue value = parser.getValue();
      if (parser.hasNext()) {
        throw new IllegalArgumentException("text after the value");
      }
      return value;
    }
  }
}
