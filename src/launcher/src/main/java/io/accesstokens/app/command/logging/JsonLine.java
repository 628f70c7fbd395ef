package io.accesstokens.app.command.logging;

/**
 * A JSON object in one line (RFC 8259). This class uses no JSON library, because the log is also
 * written while the application and its libraries are not loaded.
 */
final class JsonLine {

  private final StringBuilder json = new StringBuilder("{");

  JsonLine add(String name, String value) {
    string(name);
    json.append(':');
    string(value);
    return this;
  }

  JsonLine add(String name, long value) {
    string(name);
    json.append(':').append(value);
    return this;
  }

  /** Adds a member. The value is JSON text, which is inserted unchanged. */
  JsonLine addJson(String name, String value) {
    string(name);
    json.append(':').append(value);
    return this;
  }

  private void string(String text) {
    if (json.length() > 1 && json.charAt(json.length() - 1) != ':') {
      json.append(',');
    }
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> json.append('\\').append(c);
        case '\n' -> json.append("\\n");
        case '\t' -> json.append("\\t");
        default -> {
          if (HiddenCharacters.isHidden(c) || Character.isSurrogate(c)) {
            json.append(HiddenCharacters.escape(c));
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }

  /** Returns the JSON object as text, without a line break. */
  @Override
  public String toString() {
    return json + "}";
  }
}
