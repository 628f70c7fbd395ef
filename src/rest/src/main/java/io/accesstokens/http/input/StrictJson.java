package io.accesstokens.http.input;

import io.accesstokens.http.problem.MalformedRequestException;
import jakarta.json.JsonException;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Parses a text as one JSON object (RFC 8259), into maps, lists, strings, booleans, {@link Numeral}
 * objects and null.
 *
 * <p>The parser is stricter than the RFC. A name must not occur twice in an object, and the nesting
 * depth is at most {@value #MAX_DEPTH}. Numbers are not converted, because the conversion of {@code
 * 1e999999999} would use all memory of the process.
 */
public final class StrictJson {

  private static final int MAX_DEPTH = 64;

  /**
   * The JSON provider. The provider is a constant, because each call of {@code Json.createParser}
   * would search the class path for a provider again.
   */
  private static final JsonProvider JSON = JsonProvider.provider();

  /**
   * A JSON number as text.
   *
   * @param text the number in its original notation
   */
  record Numeral(String text) {}

  private final JsonParser parser;

  private StrictJson(JsonParser parser) {
    this.parser = parser;
  }

  /**
   * Parses a text as one JSON object.
   *
   * @throws MalformedRequestException if the text is not exactly one JSON object, if a name occurs
   *     twice in an object, or if the nesting is too deep
   */
  public static Map<String, @Nullable Object> readObject(String text) {
    try (JsonParser parser = JSON.createParser(new StringReader(text))) {
      StrictJson reader = new StrictJson(parser);
      if (parser.next() != Event.START_OBJECT) {
        throw new MalformedRequestException("the body must be a JSON object");
      }
      Map<String, @Nullable Object> object = reader.object(1);
      if (parser.hasNext()) {
        throw new MalformedRequestException(
            "the body must be one JSON object and nothing after it");
      }
      return object;
    } catch (JsonException | IllegalStateException | NoSuchElementException e) {
      // The parser's message is not used, because it quotes the text.
      throw new MalformedRequestException("the body must be valid JSON");
    }
  }

  private Map<String, @Nullable Object> object(int depth) {
    checkDepth(depth);
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    for (Event event = parser.next(); event != Event.END_OBJECT; event = parser.next()) {
      if (event != Event.KEY_NAME) {
        throw new MalformedRequestException("the body must be valid JSON");
      }
      String name = parser.getString();
      if (members.containsKey(name)) {
        throw new MalformedRequestException("the body must not contain a name twice in one object");
      }
      members.put(name, value(parser.next(), depth));
    }
    return members;
  }

  private List<@Nullable Object> array(int depth) {
    checkDepth(depth);
    List<@Nullable Object> elements = new ArrayList<>();
    for (Event event = parser.next(); event != Event.END_ARRAY; event = parser.next()) {
      elements.add(value(event, depth));
    }
    return elements;
  }

  private @Nullable Object value(Event event, int depth) {
    return switch (event) {
      case START_OBJECT -> object(depth + 1);
      case START_ARRAY -> array(depth + 1);
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER -> new Numeral(parser.getString());
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case KEY_NAME, END_OBJECT, END_ARRAY ->
          throw new MalformedRequestException("the body must be valid JSON");
    };
  }

  private static void checkDepth(int depth) {
    if (depth > MAX_DEPTH) {
      throw new MalformedRequestException(
          "the body must not be nested more than " + MAX_DEPTH + " levels deep");
    }
  }
}
