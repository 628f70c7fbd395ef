package io.accesstokens.app.settings.source;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * The value of a setting in a source.
 *
 * @param text the text of the value; blank only for a list that must not be empty
 * @param location the location in the source, for messages
 */
public record Value(String text, String location) {

  static final Pattern LAST_INDEX = Pattern.compile("\\[[0-9]++]\\z");

  /**
   * Adds a setting to a source. Does nothing if the text is blank, because a blank setting counts
   * as absent. For a list that must not be empty, adds an empty list instead. {@link Sources}
   * reports an error if the list has no elements.
   */
  static void add(
      Map<String, Value> source, Schema schema, String name, String text, String location) {
    if (!text.isBlank()) {
      source.put(name, new Value(text, location));
    } else if (schema.absentMeansAll(name)) {
      source.putIfAbsent(LAST_INDEX.matcher(name).replaceFirst(""), new Value("", location));
    }
  }

  /** Returns only the location, because the text can be a secret. */
  @Override
  public String toString() {
    return location;
  }
}
