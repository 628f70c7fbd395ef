package io.accesstokens.app.command.logging;

/**
 * Characters that can change how a terminal, an editor or a log system shows a line. These are
 * control characters, line and paragraph separators, and format characters. For example, some
 * format characters change the direction of text.
 */
public final class HiddenCharacters {

  private HiddenCharacters() {}

  static boolean isHidden(char c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  /** Returns the escape of a character: a backslash, the letter u, and four hexadecimal digits. */
  static String escape(char c) {
    return String.format("\\u%04x", (int) c);
  }

  /**
   * Returns a text as one line. Line feeds and carriage returns become spaces. Other hidden
   * characters become escapes, apart from tabs.
   */
  public static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    append(text, escaped);
    return escaped.toString();
  }

  /**
   * Appends a text as a part of one line. Line feeds and carriage returns become spaces. Other
   * hidden characters become escapes, apart from tabs.
   */
  static void append(String text, StringBuilder to) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '\r') {
        to.append(' ');
      } else if (c != '\t' && isHidden(c)) {
        to.append(escape(c));
      } else {
        to.append(c);
      }
    }
  }
}
