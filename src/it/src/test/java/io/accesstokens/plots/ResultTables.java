package io.accesstokens.plots;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Reads the tables of a Markdown document. Tables, rows and columns are found by their headings.
 */
final class ResultTables {

  private static final String SECTION = "## ";

  /** A number, with or without separators of thousands. */
  private static final Pattern NUMBER =
      Pattern.compile("\\d{1,3}(,\\d{3})+(\\.\\d+)?|\\d+(\\.\\d+)?");

  private final List<String> lines;

  /** Creates a reader of a document. */
  ResultTables(String document) {
    this.lines = document.lines().toList();
  }

  /**
   * A table.
   *
   * @param heading the headings of the columns
   * @param rows the cells of the rows
   */
  record Table(List<String> heading, List<List<String>> rows) {

    /**
     * Returns the number in a cell. Thousands separators and the marks of bold text are ignored.
     *
     * @param row the start of the row: its first cell, or several cells separated by {@code " | "}
     * @throws IllegalStateException unless exactly one row and one column match, and the cell has a
     *     number
     */
    double number(String row, String column) {
      String cell = cell(row, column).replace("*", "").strip();
      if (!NUMBER.matcher(cell).matches()) {
        throw new IllegalStateException(
            "the row \"%s\" has no number in the column \"%s\": %s".formatted(row, column, cell));
      }
      return Double.parseDouble(cell.replace(",", ""));
    }

    private String cell(String row, String column) {
      List<String> start = List.of(row.split(" \\| "));
      List<List<String>> matching =
          rows.stream()
              .filter(cells -> cells.size() == heading.size())
              .filter(cells -> cells.subList(0, start.size()).equals(start))
              .toList();
      List<Integer> columns =
          IntStream.range(0, heading.size())
              .filter(index -> heading.get(index).equals(column))
              .boxed()
              .toList();
      if (matching.size() != 1 || columns.size() != 1) {
        throw new IllegalStateException(
            "%d rows \"%s\" and %d columns \"%s\" in the table %s"
                .formatted(matching.size(), row, columns.size(), column, heading));
      }
      return matching.get(0).get(columns.get(0));
    }
  }

  /**
   * Returns the first table of a section that has a column.
   *
   * @param section a part of the heading of the section, such as the name of a command
   * @throws IllegalStateException unless exactly one section matches and has such a table
   */
  Table table(String section, String column) {
    return tables(section(section)).stream()
        .filter(table -> table.heading().contains(column))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "no table with the column \"%s\" in the section \"%s\""
                        .formatted(column, section)));
  }

  private List<String> section(String name) {
    List<Integer> starts =
        IntStream.range(0, lines.size())
            .filter(index -> lines.get(index).startsWith(SECTION))
            .boxed()
            .toList();
    List<Integer> matching =
        starts.stream().filter(index -> lines.get(index).contains(name)).toList();
    if (matching.size() != 1) {
      throw new IllegalStateException(matching.size() + " sections \"" + name + "\"");
    }
    int start = matching.get(0);
    int end = starts.stream().filter(index -> index > start).findFirst().orElse(lines.size());
    return lines.subList(start, end);
  }

  private static List<Table> tables(List<String> section) {
    List<Table> tables = new ArrayList<>();
    List<List<String>> rows = new ArrayList<>();
    for (String line : Stream.concat(section.stream(), Stream.of("")).toList()) {
      if (line.startsWith("|")) {
        rows.add(cells(line));
      } else if (!rows.isEmpty()) {
        // The second line only aligns the columns.
        tables.add(new Table(rows.get(0), rows.stream().skip(2).toList()));
        rows.clear();
      }
    }
    return tables;
  }

  private static List<String> cells(String line) {
    String row = line.strip();
    String inner = row.substring(1, row.endsWith("|") ? row.length() - 1 : row.length());
    return Stream.of(inner.split("\\|", -1)).map(String::strip).toList();
  }
}
