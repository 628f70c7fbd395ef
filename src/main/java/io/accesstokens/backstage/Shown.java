package io.accesstokens.backstage;

import org.jspecify.annotations.Nullable;

/** What came from the source, as it may stand in a line for the operator. */
final class Shown {

  private static final int LONGEST = 120;

  private Shown() {}

  /** On one line, cut where it is long. */
  static String text(@Nullable String text) {
    if (text == null) {
      return "null";
    }
    String plain = text.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
    return plain.codePointCount(0, plain.length()) <= LONGEST
        ? plain
        : plain.substring(0, plain.offsetByCodePoints(0, LONGEST)) + "…";
  }
}
