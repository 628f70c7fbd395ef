package io.accesstokens.http.response;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the encoding of cells, for programs and for spreadsheets. */
class CsvTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "'=1",
        "\uFF1D1+1",
        "\uFF0B1",
        "\uFF0D1",
        "\uFF20SUM(A1)"
      })
  void formulasAreEscaped(String text) {
    assertEquals("\"'" + text + '"', Csv.cell(text));
  }

  /** In many locales, a spreadsheet separates cells by semicolons. */
  static List<Arguments> textsWithSeparators() {
    return List.of(
        arguments("a;=1", "\"a;'=1\""),
        arguments("a;\"=1;b", "\"a;\"\"'=1;b\""),
        arguments("a;'=1", "\"a;''=1\""),
        arguments("a;\t=1", "\"a;\t'=1\""),
        arguments("a\r\n- b", "\"a\r\n'- b\""),
        arguments("\r=1", "\"'\r'=1\""),
        arguments("\n=1", "\"'\n'=1\""),
        arguments("a;b", "\"a;b\""),
        arguments("a; b=1", "\"a; b=1\""));
  }

  @ParameterizedTest
  @MethodSource("textsWithSeparators")
  void formulasAfterSeparatorsAreEscaped(String text, String cell) {
    assertEquals(cell, Csv.cell(text));
  }

  @Test
  void quotesInFormulasAreEscaped() {
    assertEquals("\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"", Csv.cell("=HYPERLINK(\"x\",\"y\")"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"plain|plain", "a,b|\"a,b\"", "say \"no\"|\"say \"\"no\"\"\"", "a=b|a=b", "1-2|1-2"})
  void onlySpecialCharactersNeedQuotes(String text, String cell) {
    assertEquals(cell, Csv.cell(text));
  }

  @Test
  void linesEndWithCrLfAndAbsentCellsAreEmpty() throws IOException {
    StringBuilder text = new StringBuilder();
    Csv.line(text, "a", null, "", "b\nc", "\u202Egnp.exe \uD83D\uDD11");
    assertEquals("a,,,\"b\nc\",\u202Egnp.exe \uD83D\uDD11\r\n", text.toString());
  }
}
