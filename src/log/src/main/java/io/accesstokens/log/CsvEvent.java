package io.accesstokens.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An event in an export as CSV (RFC 4180). If a spreadsheet could read a text as a formula, the
 * cell has an apostrophe before the formula. An empty cell means that the event has no value for
 * this column.
 */
final class CsvEvent implements ExportFile.Event {

  /**
   * The name of the column that contains the prefix of the token. The metadata has a key with the
   * same name, for the prefix of the used secret. The column for this key is {@link #USED_PREFIX}.
   */
  private static final String PREFIX = "tokenPrefix";

  private static final String USED_PREFIX = "usedTokenPrefix";

  /**
   * The columns that each export has, in addition to the column of the token's owner. All other
   * columns contain values of the metadata, except those in {@link #NOT_LOGGED}.
   */
  private static final List<String> REQUIRED =
      List.of(
          "id",
          "occurredAt",
          "event",
          "actor",
          "tokenId",
          "reason",
          "source",
          "change",
          "fields",
          "gracePeriodSeconds",
          "previousTokenPrefix",
          "previousSecretExpiresAt",
          "retry",
          "by",
          USED_PREFIX,
          "address",
          "replacedTokenPrefix",
          "endGraceOnFirstUse",
          "logIndex");

  /** Columns whose values are not in the log. */
  private static final Set<String> NOT_LOGGED = Set.of("tokenName", PREFIX);

  /** The first characters of a formula (OWASP, "CSV Injection"), and their full-width forms. */
  private static final String OPERATORS = "=+\\-@\uFF1D\uFF0B\uFF0D\uFF20";

  /** Matches the text before a formula. An export adds an apostrophe at the end of each match. */
  private static final Pattern FORMULA =
      Pattern.compile(
          ("^(?='*+[" + OPERATORS + "\t\r\n])")
              + ("|(?<=[;\r\n])[\"\t]*+(?='*+[" + OPERATORS + "])"));

  /**
   * Matches each apostrophe that an export has added to a cell, with the quotes and tabs before it.
   */
  private static final Pattern ADDED =
      Pattern.compile(
          ("(^)'(?='*+[" + OPERATORS + "\t\r\n])")
              + ("|((?<=[;\r\n])[\"\t]*+)'(?='*+[" + OPERATORS + "])"));

  /**
   * Matches the start of a text, if earlier versions added an apostrophe there. Earlier versions
   * added no other apostrophe.
   */
  private static final Pattern FIRST = Pattern.compile("^(?=[" + OPERATORS + "\t\r\n])");

  /** Matches the apostrophe that earlier versions added. */
  private static final Pattern FIRST_ADDED = Pattern.compile("^'(?=[" + OPERATORS + "\t\r\n])");

  private final Map<String, String> cells;

  private CsvEvent(Map<String, String> cells) {
    this.cells = cells;
  }

  /** The names of the columns in the first line, and one sentence for each missing column. */
  record Header(List<String> columns, List<String> problems) {

    CsvEvent event(byte[] record) {
      List<String> cells = cells(record);
      if (cells.size() != columns.size()) {
        throw new LogFormatException("it must have " + columns.size() + " cells");
      }
      Map<String, String> byColumn = new HashMap<>();
      for (int i = 0; i < cells.size(); i++) {
        byColumn.put(columns.get(i), cells.get(i));
      }
      return new CsvEvent(byColumn);
    }
  }

  /**
   * Parses the first line.
   *
   * @throws LogFormatException if the line does not have the names of the columns of an export
   */
  static Header header(byte[] record) {
    List<String> columns = cells(record);
    Set<String> names = new HashSet<>(columns);
    if (!names.contains("id") || names.size() != columns.size()) {
      throw new LogFormatException("the first line does not have the columns of an export");
    }
    List<String> missing = new ArrayList<>(REQUIRED);
    missing.removeAll(names);
    if (!names.contains(ExportFile.GROUP) && !names.contains(ExportFile.USER)) {
      missing.add(ExportFile.GROUP);
    }
    return new Header(
        columns, missing.stream().map(name -> "the column " + name + " is missing").toList());
  }

  private static List<String> cells(byte[] record) {
    String line = StrictText.utf8(record, "the line");
    int end = line.length();
    end -= end > 0 && line.charAt(end - 1) == '\n' ? 1 : 0;
    end -= end > 0 && line.charAt(end - 1) == '\r' ? 1 : 0;
    String content = line.substring(0, end);
    List<String> cells = new ArrayList<>();
    int at = -1;
    do {
      at = addCell(content, at + 1, cells);
    } while (at < end);
    return cells;
  }

  /**
   * Adds the cell that begins at an index. Returns the index of the comma after the cell, or the
   * length of the line after the last cell.
   */
  private static int addCell(String line, int start, List<String> cells) {
    boolean isQuoted = start < line.length() && line.charAt(start) == '"';
    int end = isQuoted ? addQuotedCell(line, start, cells) : addPlainCell(line, start, cells);
    if (end < line.length() && line.charAt(end) != ',') {
      throw new LogFormatException("a text follows the closing quote of a cell");
    }
    return end;
  }

  private static int addQuotedCell(String line, int start, List<String> cells) {
    StringBuilder cell = new StringBuilder();
    int at = start;
    do {
      int quote = line.indexOf('"', at + 1);
      if (quote < 0) {
        throw new LogFormatException("a cell has no closing quote");
      }
      cell.append(line, at == start ? at + 1 : at, quote);
      at = quote + 1;
    } while (at < line.length() && line.charAt(at) == '"');
    cells.add(cell.toString());
    return at;
  }

  private static int addPlainCell(String line, int start, List<String> cells) {
    int comma = line.indexOf(',', start);
    int end = comma < 0 ? line.length() : comma;
    String cell = line.substring(start, end);
    if (cell.indexOf('"') >= 0) {
      throw new LogFormatException("a quote is not at the start of a cell");
    }
    cells.add(cell);
    return end;
  }

  private String cell(String column) {
    return cells.getOrDefault(column, "");
  }

  @Override
  public String id() {
    return cell("id");
  }

  @Override
  public String occurredAt() {
    return cell("occurredAt");
  }

  @Override
  public boolean isLogged() {
    return !cell("logIndex").isEmpty();
  }

  @Override
  public List<String> differences(LogEntry entry) {
    Map<String, String> expected = new HashMap<>();
    expected.put("id", entry.id());
    expected.put("tokenId", entry.tokenId());
    expected.put(ExportFile.ownerName(entry), Objects.requireNonNullElse(entry.owner(), ""));
    expected.put("event", entry.event());
    expected.put("actor", entry.actor());
    expected.put("occurredAt", entry.occurredAt());
    expected.put("logIndex", isLogged() ? Long.toString(entry.logIndex()) : "");
    Set<String> compared = new TreeSet<>(cells.keySet());
    compared.removeAll(NOT_LOGGED);
    compared.add(ExportFile.ownerName(entry));
    if (isMetadataUnverifiable(entry)) {
      compared.retainAll(expected.keySet()); // the log has only a hash of all metadata
    }
    entry
        .metadata()
        .forEach((key, value) -> expected.put(key.equals(PREFIX) ? USED_PREFIX : key, value));
    if (entry.metadata().containsKey(LogEntry.REASON_HMAC)
        && (isReasonUnverifiable(entry) || hasReasonOf(entry))) {
      compared.removeAll(Set.of(LogEntry.REASON, LogEntry.REASON_SALT));
    }
    return compared.stream()
        .filter(column -> !isCellOf(expected.getOrDefault(column, ""), cell(column)))
        .toList();
  }

  /**
   * Returns true if a cell contains a text, with or without apostrophes before formulas. Earlier
   * versions wrote fewer apostrophes.
   */
  private static boolean isCellOf(String text, String cell) {
    return cell.equals(text)
        || cell.equals(FORMULA.matcher(text).replaceAll("$0'"))
        || cell.equals(FIRST.matcher(text).replaceAll("'"));
  }

  /**
   * Returns true if the hash of the reason is the hash in the entry, or if the reason and its salt
   * were erased.
   */
  private boolean hasReasonOf(LogEntry entry) {
    String reason = cell(LogEntry.REASON);
    String salt = cell(LogEntry.REASON_SALT);
    Stream<String> texts =
        Stream.of(
            reason,
            ADDED.matcher(reason).replaceAll("$1$2"),
            FIRST_ADDED.matcher(reason).replaceFirst(""));
    // A salt in base64 can begin with a plus sign.
    String key = salt.startsWith("'") ? salt.substring(1) : salt;
    return isReasonErased(entry) || texts.anyMatch(text -> entry.hasReason(text, key));
  }

  @Override
  public boolean isReasonUnverifiable(LogEntry entry) {
    return entry.metadata().containsKey(LogEntry.REASON_HMAC)
        && !isLogged()
        && !cell(LogEntry.REASON).isEmpty()
        && cell(LogEntry.REASON_SALT).isEmpty();
  }

  @Override
  public boolean isMetadataUnverifiable(LogEntry entry) {
    return entry.metadata().containsKey(LogEntry.METADATA_HASH);
  }

  @Override
  public boolean isReasonErased(LogEntry entry) {
    return entry.metadata().containsKey(LogEntry.REASON_HMAC)
        && cell(LogEntry.REASON).isEmpty()
        && cell(LogEntry.REASON_SALT).isEmpty();
  }
}
