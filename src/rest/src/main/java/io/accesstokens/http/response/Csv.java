package io.accesstokens.http.response;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes comma-separated values (RFC 4180) that are safe to open in a spreadsheet. If a spreadsheet
 * could interpret a cell as a formula, an apostrophe is added at the start of the cell.
 */
public final class Csv {

  private static final String END = "\r\n";

  /**
   * The characters with which a formula can start (OWASP, "CSV Injection"), also as full-width
   * characters. Tabs and line breaks are included, because a spreadsheet can ignore them before a
   * formula.
   */
  private static final String FORMULAS = "=+-@\uFF1D\uFF0B\uFF0D\uFF20\t\r\n";

  private static final String QUOTED = ",\"\r\n\t";

  private Csv() {}

  /** Appends a line of cells. A null cell is written as an empty cell. */
  public static void line(Appendable to, @Nullable String... cells) throws IOException {
    to.append(Arrays.stream(cells).map(Csv::cell).collect(Collectors.joining(","))).append(END);
  }

  /** Appends a line of cells. */
  public static void line(Appendable to, List<String> cells) throws IOException {
    line(to, cells.toArray(String[]::new));
  }

  /** Encodes a cell as CSV. Returns an empty text for null. */
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
