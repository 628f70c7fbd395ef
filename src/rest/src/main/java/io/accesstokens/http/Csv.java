package io.accesstokens.http;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Comma-separated values as RFC 4180 has them, which a spreadsheet can open without harm: what one
 * would take for a formula begins with an apostrophe.
 */
final class Csv {

  private static final String END = "\r\n";

  /** What a formula begins with (OWASP, "CSV Injection"); a tab or a line's end can hide it. */
  private static final String FORMULAS = "=+-@\t\r\n";

  private static final String QUOTED = ",\"\r\n\t";

  private Csv() {}

  /** Appends a line. */
  static void line(Appendable to, @Nullable String... cells) throws IOException {
    to.append(Arrays.stream(cells).map(Csv::cell).collect(Collectors.joining(","))).append(END);
  }

  /** Appends a line. */
  static void line(Appendable to, List<String> cells) throws IOException {
    line(to, cells.toArray(String[]::new));
  }

  /** Null is an empty cell. */
  static String cell(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return "";
    }
    boolean formula = FORMULAS.indexOf(text.charAt(0)) >= 0;
    String safe = formula ? '\'' + text : text;
    boolean quoted = formula || safe.chars().anyMatch(c -> QUOTED.indexOf(c) >= 0);
    return quoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }
}
