package io.accesstokens.log;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;

/**
 * The record that entries were moved from a log to an archive. The record is an entry of the log,
 * so only the owner of the log's key can create a record. All entries before {@link #end} are in
 * this archive or in an earlier one.
 *
 * @param first the index of the first entry in this archive; a multiple of {@link Tile#FULL_WIDTH}
 * @param end the index after the last entry in this archive; a multiple of {@link Tile#FULL_WIDTH}
 * @param root the root of the tree over all entries before {@code end}
 * @param newest the time of the newest event before {@code end}
 * @param operator the user who has moved the entries
 * @param logIndex the index of the record
 */
public record LogArchive(
    long first, long end, MerkleHash root, Instant newest, String operator, long logIndex) {

  /** The {@link LogEntry#kind} of a record. */
  public static final String KIND = "log";

  /** The {@link LogEntry#event} of a record. */
  public static final String EVENT = "archived";

  /** The {@link LogEntry#tokenId} of a record, which belongs to no token. */
  public static final String NO_TOKEN = "00000000-0000-0000-0000-000000000000";

  private static final String FIRST = "first";
  private static final String END = "end";
  private static final String ROOT = "root";
  private static final String NEWEST = "newest";
  private static final String OPERATOR = "operator";

  public LogArchive {
    if (first < 0
        || first >= end
        || end > logIndex
        || first % Tile.FULL_WIDTH != 0
        || end % Tile.FULL_WIDTH != 0) {
      throw new LogFormatException("the record of an archive must have whole bundles before it");
    }
  }

  /**
   * Parses a record.
   *
   * @return empty if the entry is not a record
   * @throws LogFormatException if the record is malformed
   */
  public static Optional<LogArchive> of(LogEntry entry) {
    if (!entry.kind().equals(KIND) || !entry.event().equals(EVENT)) {
      return Optional.empty();
    }
    Map<String, String> facts = entry.metadata();
    try {
      return Optional.of(
          new LogArchive(
              StrictText.number(facts.getOrDefault(FIRST, ""), "first of an archive"),
              StrictText.number(facts.getOrDefault(END, ""), "end of an archive"),
              MerkleHash.parse(facts.getOrDefault(ROOT, "")),
              Instant.parse(facts.getOrDefault(NEWEST, "")),
              facts.getOrDefault(OPERATOR, ""),
              entry.logIndex()));
    } catch (DateTimeParseException e) {
      throw new LogFormatException("newest of an archive must be a time", e);
    }
  }

  /** Returns the {@link LogEntry#metadata} of the record. */
  public Map<String, String> metadata() {
    return Map.of(
        FIRST, Long.toString(first),
        END, Long.toString(end),
        ROOT, root.toString(),
        NEWEST, newest.toString(),
        OPERATOR, operator);
  }
}
