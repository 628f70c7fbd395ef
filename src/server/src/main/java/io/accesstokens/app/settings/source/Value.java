package io.accesstokens.app.settings.source;

import java.util.Map;

/**
 * The value of a setting in a source.
 *
 * @param text the text of the value; not blank
 * @param location the location in the source, for messages
 */
public record Value(String text, String location) {

  /**
   * Adds a setting to a source. Does nothing if the text is blank, because a blank setting counts
   * as absent.
   */
  static void add(Map<String, Value> source, String name, String text, String location) {
    if (!text.isBlank()) {
      source.put(name, new Value(text, location));
    }
  }

  /** Returns only the location, because the text can be a secret. */
  @Override
  public String toString() {
    return location;
  }
}
