package io.accesstokens.app.settings.source;

import java.util.Map;

/**
 * A setting as a source contains it.
 *
 * @param text the text; not blank
 * @param location the location, for messages
 */
public record Value(String text, String location) {

  /** Adds a setting to a source, unless it is blank. A blank setting is treated as absent. */
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
