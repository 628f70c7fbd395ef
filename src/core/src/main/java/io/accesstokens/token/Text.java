package io.accesstokens.token;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Optional;

/** Functions for texts: rules for the text fields in requests, case folding, and digests. */
public final class Text {

  private Text() {}

  /**
   * Returns the text without white space at both ends. Unicode spaces and the byte order mark count
   * as white space.
   */
  public static String trim(String text) {
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
   * Returns an error message if a text is invalid. A valid text has at most {@code max} code points
   * and is not blank. A valid text contains no NUL and no unpaired surrogate.
   *
   * @return the error message; empty if the text is valid
   */
  public static Optional<String> errorMessage(String text, int max) {
    if (trim(text).isEmpty()) {
      return Optional.of("must not be blank");
    }
    if (text.codePointCount(0, text.length()) > max) {
      return Optional.of("must have at most " + max + " characters");
    }
    if (text.codePoints().anyMatch(Text::cannotBeStored)) {
      return Optional.of("must not contain a NUL or half of a surrogate pair");
    }
    return Optional.empty();
  }

  /**
   * Returns true if a code point cannot mislead the reader of a line. Returns false for control and
   * format characters, line and paragraph separators, lone surrogates, and unassigned code points.
   */
  public static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  /**
   * Returns the text in lower case, for a search that ignores case. The result for a letter does
   * not depend on the letters around it. Therefore a final sigma becomes a normal sigma.
   */
  public static String foldCase(String text) {
    return text.toLowerCase(Locale.ROOT).replace('\u03c2', '\u03c3');
  }

  /** Returns the SHA-256 digest of the text in UTF-8. */
  public static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(
          "SHA-256 is not available, although every Java platform must provide it", e);
    }
  }

  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\uFEFF';
  }

  private static boolean cannotBeStored(int codePoint) {
    return codePoint == 0 || Character.getType(codePoint) == Character.SURROGATE;
  }
}
