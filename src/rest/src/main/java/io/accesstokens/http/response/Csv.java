package io.accesstokens.http.response;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes comma-separated values (RFC 4180) that are safe to open in a spreadsheet. If a spreadsheet
 * could interpret a text as a formula, an apostrophe is added before the formula.
 *
 * <p>In many locales, spreadsheets separate cells by semicolons. They then split a cell of this
 * file at semicolons and line breaks, even within quotes. A formula can therefore begin after each
 * semicolon and each line break.
 */
public final class Csv {

  private static final String END = "\r\n";

  /**
   * Matches the quotes and tabs, if any, directly before the start of a formula (OWASP, "CSV
   * Injection"). An apostrophe is added at the end of each match.
   *
   * <ul>
   *   <li>The characters that start a formula can be full-width.
   *   <li>A tab or a line break at the start of a cell counts as the start of a formula, because a
   *       spreadsheet can ignore these characters.
   *   <li>If the text already has an apostrophe there, a second apostrophe is added. A reader can
   *       therefore restore the text.
   * </ul>
   */
  private static final Pattern FORMULA =
      Pattern.compile(
          "^(?='*+[=+\\-@\uFF1D\uFF0B\uFF0D\uFF20\t\r\n])"
              + "|(?<=[;\r\n])[\"\t]*+(?='*+[=+\\-@\uFF1D\uFF0B\uFF0D\uFF20])");

  private static final String QUOTED = ",;\"\r\n\t";

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
    String safe = FORMULA.matcher(text).replaceAll("$0'");
    boolean quoted =
        safe.length() > text.length() || safe.chars().anyMatch(c -> QUOTED.indexOf(c) >= 0);
    return quoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }
}
