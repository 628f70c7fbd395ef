package io.accesstokens.file;

import java.util.List;
import java.util.Map;

/**
 * What stands at one place of a YAML file. {@code toString} of each says what it is and where, not
 * what it holds: it may be a secret.
 */
public sealed interface YamlValue {

  /** The line at which it begins, from 1. */
  int line();

  /** A scalar, quoted or not: always text. */
  record Text(String text, int line) implements YamlValue {
    @Override
    public String toString() {
      return "text at line " + line;
    }
  }

  /** A sequence. */
  record Items(List<YamlValue> items, int line) implements YamlValue {
    public Items {
      items = List.copyOf(items);
    }

    @Override
    public String toString() {
      return "list at line " + line;
    }
  }

  /** A mapping; the keys are text, each there once, in the order of the file. */
  record Fields(Map<String, YamlValue> fields, int line) implements YamlValue {
    @Override
    public String toString() {
      return "mapping at line " + line;
    }

    /** The value of a key; {@link Nothing} if the key is not there. */
    public YamlValue get(String key) {
      return fields.getOrDefault(key, new Nothing(line));
    }
  }

  /** A null, or nothing at all. */
  record Nothing(int line) implements YamlValue {}
}
