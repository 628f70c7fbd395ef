package io.accesstokens.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Verifies that a file with exported events contains exactly the events of the log that match a
 * claim. The file is an export of {@code GET /api/access-tokens/service/audit/export} or {@code GET
 * /api/access-tokens/user-tokens/audit/export} as CSV or NDJSON. The caller passes all entries of
 * the log in their order to {@link #add}, for example from {@link LogVerifier#verifyEntries}.
 *
 * <p>The claim comes from the caller and not from the file, because a person who removes events
 * from a file can also change a claim in the file. The members {@code tokenName}, {@code
 * tokenPrefix} and {@code groupDisplayName} are not verified, because the log does not contain
 * these members.
 *
 * <p>The memory use is about 60 bytes for each event of the file. Not thread-safe.
 */
public final class ExportVerifier implements AutoCloseable {

  /**
   * Maximum age of an event without a log index, relative to the newest event of the file. An older
   * event without an index is a problem, because an event gets its index within seconds.
   */
  private static final Duration MAX_DELAY = Duration.ofMinutes(1);

  private static final Comparator<Line> BY_ID =
      Comparator.comparingLong(Line::high).thenComparingLong(Line::low);

  /** The position of an event in the file, with the two halves of the event's id. */
  private record Line(long high, long low, long offset, int number) {}

  private final String name;
  private final Predicate<LogEntry> claim;
  private final Consumer<String> problems;
  private final ExportFile file;
  private final List<Line> lines = new ArrayList<>();
  private final BitSet found = new BitSet();
  private Instant newest = Instant.EPOCH;
  private long claimed;
  private long missing;
  private long missingAfterNewest;
  private long erasedReasons;
  private long unverifiableReasons;
  private long unverifiableMetadata;

  /**
   * Reads the file, and reports each line that is not an event.
   *
   * @param claim returns true for each entry that the file must contain. An export has only entries
   *     of one {@link LogEntry#kind}.
   * @param problems receives each problem, as a sentence
   * @throws LogFormatException if the file is not an export
   * @throws UncheckedIOException if the file cannot be read
   */
  public ExportVerifier(Path file, Predicate<LogEntry> claim, Consumer<String> problems) {
    this.name = String.valueOf(file.getFileName());
    this.claim = claim;
    this.problems = problems;
    this.file = ExportFile.open(file);
    try {
      readLines();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    lines.sort(BY_ID);
  }

  private void readLines() {
    file.problems().forEach(problem -> problems.accept(name + ": " + problem));
    int number = file.firstNumber();
    long offset = file.first();
    for (byte[] record = file.record(offset); record.length > 0; record = file.record(offset)) {
      try {
        ExportFile.Event event = file.event(record);
        UUID id = UUID.fromString(event.id());
        if (!id.toString().equals(event.id())) {
          throw new LogFormatException("the id of the event is not a UUID");
        }
        lines.add(
            new Line(id.getMostSignificantBits(), id.getLeastSignificantBits(), offset, number));
        Instant time = Instant.parse(event.occurredAt());
        newest = time.isAfter(newest) ? time : newest;
      } catch (LogFormatException | DateTimeParseException | IllegalArgumentException e) {
        problems.accept(name + ": the line " + number + " is not an event: " + e.getMessage());
      }
      offset += record.length;
      number++;
    }
  }

  /**
   * Compares an entry of the log with the events of the file.
   *
   * @throws LogFormatException if the file was changed after it was opened
   * @throws UncheckedIOException if the file cannot be read
   */
  public void add(LogEntry entry) {
    boolean isClaimed = claim.test(entry);
    claimed += isClaimed ? 1 : 0;
    int first = firstLineOf(entry.id());
    int end = first;
    while (end >= 0 && end < lines.size() && BY_ID.compare(lines.get(end), lines.get(first)) == 0) {
      compare(entry, lines.get(end));
      found.set(end++);
    }
    if (first < 0 && isClaimed) {
      reportMissing(entry);
    }
    if (first >= 0 && !isClaimed) {
      problems.accept(
          name
              + ": the export contains an event that does not match the query: "
              + entry.summary());
    }
    if (end - first > 1) {
      problems.accept(
          name + ": " + (end - first) + " lines have the same event: " + entry.summary());
    }
  }

  /**
   * Returns the index in {@link #lines} of the first event with the given id; a negative number if
   * there is none.
   */
  private int firstLineOf(String eventId) {
    int low = 0;
    int high = lines.size() - 1;
    int match = -1;
    Line wanted = lineOf(eventId);
    while (wanted != null && low <= high) {
      int middle = (low + high) >>> 1;
      int order = BY_ID.compare(lines.get(middle), wanted);
      if (order < 0) {
        low = middle + 1;
      } else {
        match = order == 0 ? middle : match;
        high = middle - 1;
      }
    }
    return match;
  }

  private static @Nullable Line lineOf(String eventId) {
    try {
      UUID id = UUID.fromString(eventId);
      return new Line(id.getMostSignificantBits(), id.getLeastSignificantBits(), 0, 0);
    } catch (IllegalArgumentException e) {
      return null; // the id of a row that was damaged before it was logged
    }
  }

  private void reportMissing(LogEntry entry) {
    missing++;
    if (timeOf(entry).filter(time -> time.isAfter(newest)).isPresent()) {
      missingAfterNewest++;
    }
    problems.accept(name + ": an event is missing: " + entry.summary());
  }

  private static Optional<Instant> timeOf(LogEntry entry) {
    try {
      return Optional.of(Instant.parse(entry.occurredAt()));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private void compare(LogEntry entry, Line line) {
    ExportFile.Event event = file.event(file.record(line.offset()));
    List<String> different = new ArrayList<>(event.differences(entry));
    if (!event.isLogged()
        && timeOf(entry).filter(time -> time.isBefore(newest.minus(MAX_DELAY))).isPresent()) {
      different.add("logIndex");
    }
    if (!different.isEmpty()) {
      problems.accept(
          name
              + ": the line "
              + line.number()
              + " differs in "
              + String.join(", ", different)
              + ": "
              + entry.summary());
    } else if (event.isMetadataUnverifiable(entry)) {
      unverifiableMetadata++;
    } else if (event.isReasonErased(entry)) {
      erasedReasons++;
    } else if (event.isReasonUnverifiable(entry)) {
      unverifiableReasons++;
    }
  }

  /** Reports the events of the file that are not in the log. */
  public void end() {
    for (int i = found.nextClearBit(0); i < lines.size(); i = found.nextClearBit(i + 1)) {
      Line line = lines.get(i);
      problems.accept(
          name
              + ": the line "
              + line.number()
              + " is not an event in the log: event "
              + new UUID(line.high(), line.low()));
    }
  }

  /** Returns remarks that are no problems, as sentences. Call this method after {@link #end}. */
  public List<String> notices() {
    List<String> notices = new ArrayList<>();
    notices.add(
        name
            + " has "
            + lines.size()
            + " events; the log has "
            + claimed
            + " events that it must contain; the log does not prove names and prefixes of tokens, and"
            + " names of groups");
    if (missing > 0 && missing == missingAfterNewest) {
      notices.add(
          name
              + ": all missing events are later than the export. If you know when the export ended,"
              + " verify it with this end");
    }
    if (erasedReasons > 0) {
      notices.add(name + ": the reasons of " + erasedReasons + " events were erased");
    }
    if (unverifiableReasons > 0) {
      notices.add(
          name
              + ": the reasons of "
              + unverifiableReasons
              + " events are not verified, because the events were exported before they were"
              + " logged");
    }
    if (unverifiableMetadata > 0) {
      notices.add(
          name
              + ": the metadata of "
              + unverifiableMetadata
              + " events is not verified, because the log has only a hash of all metadata, and CSV has"
              + " only some of the metadata: verify an export as NDJSON");
    }
    return List.copyOf(notices);
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
