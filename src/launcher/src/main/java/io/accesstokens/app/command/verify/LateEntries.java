package io.accesstokens.app.command.verify;

import io.accesstokens.log.LogArchive;
import io.accesstokens.log.LogEntry;
import io.accesstokens.token.audit.AuditEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds late entries: entries whose time is long before the time of an earlier entry. The service
 * logs an event within seconds. A late event was therefore probably inserted into the audit log
 * with a false time. Two kinds of late entries have a harmless cause:
 *
 * <ul>
 *   <li>Imports add old events. An event of the type {@code imported} follows the old events of a
 *       new token. Later imports can add further old events of the token without another such
 *       event.
 *   <li>The service keeps uses of ended secrets in memory until the database accepts writes. The
 *       events of these uses can therefore be late.
 * </ul>
 */
final class LateEntries {

  /**
   * An entry is late if its time is before the time of an earlier entry by more than this duration.
   * Smaller differences occur, because the clocks of processes differ. An import from Backstage
   * accepts events that are up to half of this duration in the future.
   */
  static final Duration MAX_DELAY = Duration.ofMinutes(10);

  /**
   * Maximum number of late entries in memory whose token can still get an event of the type {@code
   * imported}.
   */
  private static final int MAX_WAITING = 100_000;

  private static final Set<String> FIRST_EVENTS =
      Set.of(AuditEvent.Type.CREATED.text(), AuditEvent.Type.MINTED.text());

  private final long accepted;
  private final Consumer<String> problems;
  private final Consumer<String> notices;

  /** Late entries that an import might have added, by token id. */
  private final Map<String, List<LogEntry>> waiting = new LinkedHashMap<>();

  private final Set<String> imported = new HashSet<>();

  /**
   * The ids of the tokens whose first event was read. Only used if entries are absent from the log,
   * for example because they were archived.
   */
  private final Set<String> created = new HashSet<>();

  /** The latest import of each actor. */
  private final Map<String, ImportRun> imports = new HashMap<>();

  private int waitingCount;
  private long nextIndex;
  private boolean isIncomplete;
  private String lastToken = "";
  private @Nullable LogEntry newest;
  private Instant newestTime = Instant.EPOCH;

  /**
   * Creates the check.
   *
   * @param accepted the size of the smallest earlier checkpoint; late entries that this checkpoint
   *     covers are reported as notices, not as problems
   * @param problems receives a sentence about each late entry without a harmless cause
   * @param notices receives sentences about the other late entries
   */
  LateEntries(long accepted, Consumer<String> problems, Consumer<String> notices) {
    this.accepted = accepted;
    this.problems = problems;
    this.notices = notices;
  }

  /**
   * Receives the next entry, in the order of the log. Ignores records of archives, which are not
   * events.
   */
  void add(LogEntry entry) {
    isIncomplete |= entry.logIndex() != nextIndex;
    nextIndex = entry.logIndex() + 1;
    if (entry.kind().equals(LogArchive.KIND)) {
      return;
    }
    lastToken = entry.tokenId();
    if (isIncomplete && FIRST_EVENTS.contains(entry.event())) {
      created.add(entry.tokenId());
    }
    Instant time;
    try {
      time = Instant.parse(entry.occurredAt());
    } catch (DateTimeParseException e) {
      return; // a row that was damaged before it was logged
    }
    if (isImport(entry)) {
      addImport(entry, time);
    }
    if (time.isBefore(newestTime.minus(MAX_DELAY))) {
      addLate(entry);
    } else if (time.isAfter(newestTime)) {
      newest = entry;
      newestTime = time;
    }
  }

  private static boolean isImport(LogEntry entry) {
    return entry.event().equals(AuditEvent.Type.IMPORTED.text());
  }

  /** Accepts the late entries of an imported token. */
  private void addImport(LogEntry entry, Instant time) {
    imported.add(entry.tokenId());
    List<LogEntry> events = waiting.remove(entry.tokenId());
    if (events == null) {
      return;
    }
    waitingCount -= events.size();
    ImportRun run = imports.get(entry.actor());
    if (run == null || !run.continuesAt(time, MAX_DELAY)) {
      if (run != null) {
        notices.accept(run.toString());
      }
      run = new ImportRun(entry.actor(), time);
      imports.put(entry.actor(), run);
    }
    run.add(entry.tokenId(), events.size(), time);
  }

  private void addLate(LogEntry entry) {
    if (imported.contains(entry.tokenId()) && !isImport(entry)) {
      notices.accept(
          sentence(entry) + "; its token was imported, so a further import can have added it");
    } else if (entry.logIndex() < accepted) {
      notices.accept(sentence(entry) + "; the earlier checkpoint covers it");
    } else if (entry.event().equals(AuditEvent.Type.ENDED_SECRET_USED.text())) {
      notices.accept(
          sentence(entry) + "; the service logs such a use late after an outage of the database");
    } else if (waitingCount < MAX_WAITING && !isImport(entry)) {
      waiting.computeIfAbsent(entry.tokenId(), token -> new ArrayList<>()).add(entry);
      waitingCount++;
    } else {
      problems.accept(sentence(entry));
    }
  }

  private String sentence(LogEntry entry) {
    return "the time of an entry is more than "
        + MAX_DELAY.toMinutes()
        + " minutes before the time of an earlier entry, so its event was inserted with a false"
        + " time, or a clock was wrong: "
        + entry.summary()
        + (newest == null ? "" : " (the entry " + newest.logIndex() + " has " + newestTime + ")");
  }

  /** Reports the remaining late entries, and the imports that have added late entries. */
  void end() {
    waiting.values().forEach(entries -> entries.forEach(this::reportUnexplained));
    waiting.clear();
    imports.values().stream().map(ImportRun::toString).sorted().forEach(notices);
    imports.clear();
  }

  /**
   * Reports a late entry that no import explains: the log has no later event of the type {@code
   * imported} for its token.
   */
  private void reportUnexplained(LogEntry entry) {
    if (entry.tokenId().equals(lastToken)) {
      notices.accept(
          sentence(entry)
              + "; its token has the last event of the log, so an import can still add its last"
              + " event: verify the log again");
    } else if (isIncomplete && !created.contains(entry.tokenId())) {
      notices.accept(
          sentence(entry)
              + "; its token can have been imported in an archived entry: give --archive");
    } else {
      problems.accept(sentence(entry));
    }
  }
}
