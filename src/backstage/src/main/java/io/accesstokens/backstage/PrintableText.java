package io.accesstokens.backstage;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes text from the source database safe for one line of output. */
final class PrintableText {

  private static final Pattern UNSEEN = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}]");

  private static final int MAX_LENGTH = 120;

  private PrintableText() {}

  /**
   * Replaces control characters, format characters and line separators by {@code ?}. Truncates a
   * text after 120 characters and appends an ellipsis. For null, returns the text {@code null}.
   */
  static String text(@Nullable String text) {
    if (text == null) {
      return "null";
    }
    String plain = UNSEEN.matcher(text).replaceAll("?");
    return plain.codePointCount(0, plain.length()) <= MAX_LENGTH
        ? plain
        : plain.substring(0, plain.offsetByCodePoints(0, MAX_LENGTH)) + "…";
  }
}
