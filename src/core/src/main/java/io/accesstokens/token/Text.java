package io.accesstokens.token;

import java.util.Optional;

/** The rules that free text in requests keeps, whichever field it stands in. */
final class Text {

  private Text() {}

  /** Without white space at both ends, that of Unicode and the byte order mark included. */
  static String trim(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isSpace(text.charAt(from))) {
      from++;
    }
    while (to > from && isSpace(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  /**
   * What is wrong with free text that must have 1 to {@code max} code points and say something.
   *
   * @return empty if nothing is
   */
  static Optional<String> complaint(String text, int max) {
    if (trim(text).isEmpty()) {
      return Optional.of("must not be blank");
    }
    if (text.codePointCount(0, text.length()) > max) {
      return Optional.of("must have at most " + max + " characters");
    }
    if (text.codePoints().anyMatch(Text::cannotBeStored)) {
      return Optional.of("must not hold a NUL or half of a surrogate pair");
    }
    return Optional.empty();
  }

  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\uFEFF';
  }

  private static boolean cannotBeStored(int codePoint) {
    return codePoint == 0 || Character.getType(codePoint) == Character.SURROGATE;
  }
}
