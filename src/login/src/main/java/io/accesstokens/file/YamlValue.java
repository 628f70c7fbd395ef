package io.accesstokens.file;

import java.util.List;
import java.util.Map;

/**
 * A value in a YAML file. {@code toString} returns the type and the line, but not the content,
 * because the content may be a secret.
 */
public sealed interface YamlValue {

  /** Returns the line at which the value begins, counted from 1. */
  int line();

  /** A scalar, with or without quotes. A number or a date is also text. */
  record Text(String text, int line) implements YamlValue {
    @Override
    public String toString() {
      return "text at line " + line;
    }
  }

  /** A list of values. */
  record Items(List<YamlValue> items, int line) implements YamlValue {
    public Items {
      items = List.copyOf(items);
    }

    @Override
    public String toString() {
      return "list at line " + line;
    }
  }

  /** A mapping. Each key is text and occurs once. The fields are in the order of the file. */
  record Fields(Map<String, YamlValue> fields, int line) implements YamlValue {
    @Override
    public String toString() {
      return "mapping at line " + line;
    }

    /** Returns the value of a key, or {@link Nothing} if the key is absent. */
    public YamlValue get(String key) {
      return fields.getOrDefault(key, new Nothing(line));
    }
  }

  /** A null value or an empty value. */
  record Nothing(int line) implements YamlValue {}
}
