package io.accesstokens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks the tables of the security documents.
 *
 * <ul>
 *   <li>Each test that they name exists.
 *   <li>Each row names a test or gives a reason why there is none.
 * </ul>
 */
class SecurityDocumentTest {

  private static final String THREATS = "SECURITY.md";
  private static final String REQUIREMENTS = "src/docs/security.md";

  /** Matches the name of a test class, optionally with a method. */
  private static final Pattern NAME =
      Pattern.compile("`([A-Z]\\w*(?:Test|IT|Topic|Contract))(?:\\.(\\w+))?`");

  /** Matches the reason that a row gives instead of a test. */
  private static final Pattern REASON =
      Pattern.compile("\\b(?:not covered|not applicable|document): \\S");

  /** Matches a requirement number at the beginning of a cell or after a comma. */
  private static final Pattern REQUIREMENT = Pattern.compile("(?:^|, )(\\d+\\.\\d+\\.\\d+)");

  /** Matches a test annotation or a method name. A method after an annotation is a test. */
  private static final Pattern METHOD =
      Pattern.compile(
          "@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|FuzzTest)\\b|\\b(?:void|Stream<\\w+>) (\\w+)\\(");

  private static final class Row {
    private final String text;
    private final List<String> cells;

    Row(String line) {
      text = line;
      cells = List.of(line.strip().replaceAll("^\\| *| *\\|$", "").split(" *\\| *", -1));
    }

    String first() {
      return cells.get(0);
    }

    String last() {
      return cells.get(cells.size() - 1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {THREATS, REQUIREMENTS})
  void namedTestsExist(String document) throws IOException {
    assertEquals(Set.of(), missing(Files.readString(Path.of(document))));
  }

  @Test
  void namesThatDoNotExistAreReported() throws IOException {
    assertEquals(
        Set.of("NoSuchTest", "NoSuchIT.method", "SecurityDocumentTest.missing"),
        missing(
            "| `SecurityDocumentTest`, `NoSuchTest` | `NoSuchIT.method` |\n"
                + "| `SecurityDocumentTest.missing`, `SecurityDocumentTest.namedTestsExist` |"));
  }

  @Test
  void eachThreatNamesATestOrAReason() throws IOException {
    List<Row> rows = rows(THREATS, 5);
    assertTrue(rows.size() >= 30, () -> "only " + rows.size() + " rows");
    assertEquals(
        List.of(),
        rows(THREATS, 4).stream().map(row -> row.text).toList(),
        "rows without the column \"not covered\"");
    assertEquals(
        List.of(),
        rows.stream()
            .filter(row -> !NAME.matcher(row.cells.get(3)).find() && row.last().isEmpty())
            .map(row -> row.text)
            .toList());
  }

  @Test
  void eachRequirementIsListedOnceWithATestOrAReason() throws IOException {
    List<Row> rows =
        rows(REQUIREMENTS, 3).stream()
            .filter(row -> REQUIREMENT.matcher(row.first()).lookingAt())
            .toList();
    assertNoneIsBare(rows);
    Set<String> seen = new HashSet<>();
    for (Row row : rows) {
      Matcher numbers = REQUIREMENT.matcher(row.first());
      while (numbers.find()) {
        assertTrue(seen.add(numbers.group(1)), () -> "a second time: " + row.text);
      }
    }
    assertTrue(seen.size() >= 150, () -> "only " + seen.size() + " requirements");
  }

  private static void assertNoneIsBare(List<Row> rows) {
    assertEquals(
        List.of(),
        rows.stream()
            .filter(row -> !NAME.matcher(row.last()).find() && !REASON.matcher(row.last()).find())
            .map(row -> row.text)
            .toList());
  }

  /** Returns the rows of all tables with that many columns, without header rows. */
  private static List<Row> rows(String document, int columns) throws IOException {
    List<Row> rows = new ArrayList<>();
    List<String> lines = Files.readAllLines(Path.of(document));
    for (int i = 0; i < lines.size(); i++) {
      boolean isHead = i + 1 < lines.size() && lines.get(i + 1).startsWith("|---");
      if (lines.get(i).startsWith("| ") && !isHead) {
        rows.add(new Row(lines.get(i)));
      }
    }
    return rows.stream().filter(row -> row.cells.size() == columns).toList();
  }

  private static Set<String> missing(String text) throws IOException {
    Map<String, Path> sources = sources();
    Set<String> missing = new TreeSet<>();
    Matcher names = NAME.matcher(text);
    boolean found = false;
    while (names.find()) {
      found = true;
      Path source = sources.get(names.group(1));
      String method = names.group(2);
      if (source == null || !testsOf(source).contains(method == null ? "" : method)) {
        missing.add(names.group(1) + (method == null ? "" : '.' + method));
      }
    }
    assertTrue(found, "no test is named");
    return missing;
  }

  /** Returns the test sources by their simple names, which are unique. */
  private static Map<String, Path> sources() throws IOException {
    Map<String, Path> sources = new HashMap<>();
    for (Path tests : SourceTree.tests()) {
      try (Stream<Path> files = Files.walk(tests)) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          String name = file.getFileName().toString().replace(".java", "");
          Path other = sources.put(name, file);
          assertFalse(
              other != null && NAME.matcher('`' + name + '`').matches(),
              () -> file + " and " + other + " have one name");
        }
      }
    }
    return sources;
  }

  /**
   * Returns the names of the test methods in a source. The set also has an empty text if the source
   * has a test.
   */
  private static Set<String> testsOf(Path source) throws IOException {
    Set<String> tests = new HashSet<>();
    Matcher matcher = METHOD.matcher(Files.readString(source));
    boolean annotated = false;
    while (matcher.find()) {
      String name = matcher.group(1);
      if (annotated && name != null) {
        tests.add(name);
        tests.add("");
      }
      annotated = name == null;
    }
    return tests;
  }
}
