package io.accesstokens.app.command.verify;

import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.InclusionProof;
import io.accesstokens.log.LogArchive;
import io.accesstokens.log.LogEntry;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.MerkleHash;
import io.accesstokens.log.MerkleTree;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.Tile;
import io.accesstokens.store.log.JdbcLogStore;
import io.accesstokens.store.log.LoggedRow;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.transparency.ArchiveStore;
import io.accesstokens.transparency.LogState;
import io.accesstokens.transparency.PendingEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares the entries of the log with the rows of the audit logs, in batches. Each entry must have
 * exactly one row, with the same content and the index of the entry. Archived entries and the
 * records of archives need no row. In addition, verifies that the other tables of the log match the
 * latest checkpoint of the log.
 */
final class RowCheck implements LogFiles.EntryCheck {

  /**
   * A row without an index is a problem if the row is older than the newest entry by more than this
   * duration. The service gives each row its index within seconds, but the clocks of processes
   * differ. Two kinds of rows can be older without a problem: rows of a token whose {@code
   * imported} event has no index either, and rows that record a use of an ended secret.
   */
  private static final Duration MAX_DELAY = Duration.ofMinutes(1);

  private final JdbcLogStore log;
  private final Consumer<String> problems;
  private final Consumer<String> notices;
  private final List<LogEntry> batch = new ArrayList<>();

  /**
   * The ids of rows that do not have the index of their entry. Each of these rows is reported only
   * once.
   */
  private final Set<String> movedRowIds = new HashSet<>();

  private final Predicate<InclusionProof> isLogged;
  private Instant newest = Instant.EPOCH;

  /** The latest archive whose record in the current log was proved; null if there is none. */
  private @Nullable LogArchive provedArchive;

  /** The latest archive whose record was read. The record is not read again if a proof failed. */
  private ArchiveStore.@Nullable Latest triedArchive;

  private long archivedEntries;

  /**
   * The latest archive that the compared entries record: the index after its last entry, and the
   * index of its record.
   */
  private ArchiveStore.Latest archive = new ArchiveStore.Latest(0, -1);

  /** The time of the newest archived event, according to the compared entries. */
  private Instant archivedUntil = Instant.EPOCH;

  /**
   * Creates the check.
   *
   * @param problems receives each problem, as a sentence
   * @param notices receives each remark that is not a problem
   * @param isLogged returns true if a proof is valid for the current log, and the current log
   *     extends the compared log
   */
  RowCheck(
      JdbcLogStore log,
      Consumer<String> problems,
      Consumer<String> notices,
      Predicate<InclusionProof> isLogged) {
    this.log = log;
    this.problems = problems;
    this.notices = notices;
    this.isLogged = isLogged;
  }

  @Override
  public void add(LogEntry entry) {
    // Entries between the last one and this one are missing, and are reported already.
    if (!batch.isEmpty() && entry.logIndex() != batch.get(batch.size() - 1).logIndex() + 1) {
      compareBatch();
    }
    batch.add(entry);
    if (batch.size() == Tile.FULL_WIDTH) {
      compareBatch();
    }
  }

  @Override
  public void end(long size, LongConsumer tokens) {
    compareBatch();
    checkState();
    long grown = signedSize();
    if (grown < size) {
      problems.accept(
          "the log in the database has "
              + grown
              + " entries, fewer than the verified checkpoint: the database was restored or"
              + " changed");
    }
    addAppended(size, grown);
    if (archivedEntries > 0 && provedArchive != null) {
      notices.accept(
          archivedEntries
              + " entries were not compared with rows, because the entry "
              + provedArchive.logIndex()
              + " records that they were archived");
    }
    checkArchives(grown);
    checkOutside(grown);
    checkRowsWithoutIndex();
    if (movedRowIds.isEmpty()) { // a changed index also changes the order of numbers
      log.outOfOrder().forEach(this::reportOutOfOrder);
    }
    checkTokens(tokens);
  }

  private void checkTokens(LongConsumer progress) {
    long incomplete = new TokenCheck(log, this::archivedUntil, problems, progress).run();
    if (incomplete > 0) {
      notices.accept(
          "the rows of "
              + incomplete
              + " tokens were compared only with the events after "
              + archivedUntil()
              + ", because earlier events were archived");
    }
  }

  /** Reports entries and rows that no checkpoint covers. */
  private void checkOutside(long size) {
    long entries = log.entriesOutside(size);
    if (entries > 0 && signedSize() == size) {
      problems.accept(
          "access_token_log_entries has "
              + entries
              + " entries that the latest checkpoint of size "
              + size
              + " does not cover: the checkpoint was rolled back, or entries were inserted");
    }
    // The rows are read before the size, because a running server can append events in between.
    List<LoggedRow> rows = log.rowsOutside(size);
    long latest = signedSize();
    for (LoggedRow row : rows) {
      Long index = row.logIndex();
      boolean appended = index != null && index >= 0 && index < latest;
      if (!appended && !movedRowIds.contains(row.id())) {
        problems.accept(name(row) + " was inserted: its index is not in the log");
      }
    }
  }

  private void reportOutOfOrder(String table, List<String> ids) {
    for (String id : ids) {
      problems.accept(
          "the row "
              + id
              + " of "
              + table
              + " was changed: seq, or seq of the next event of its token");
    }
  }

  /**
   * Verifies that the archived rows were removed, and that the log records the latest archive of
   * the database.
   */
  private void checkArchives(long size) {
    ArchiveStore archives = log.archives().orElseThrow();
    ArchiveStore.Latest stored = archives.latest().orElse(new ArchiveStore.Latest(0, -1));
    if (!stored.equals(archive) && stored.recordIndex() < size) {
      problems.accept(
          "access_token_log_archives was changed: its latest archive ends at the entry "
              + stored.end()
              + ", but the latest one that the log records ends at "
              + archive.end());
    }
    List<LoggedRow> inserted = log.rowsWithoutEntry(archive.end());
    inserted.forEach(
        row -> problems.accept(name(row) + " was inserted: the entry with its index is archived"));
    if (inserted.isEmpty() && archives.hasEventsBefore(archive.end())) {
      notices.accept(
          "some archived events before the entry "
              + archive.end()
              + " are still in the database: run archive-log again with the directory of the"
              + " archive");
    }
  }

  private void addRecord(LogEntry entry) {
    try {
      LogArchive.of(entry)
          .ifPresent(
              record -> {
                archive = new ArchiveStore.Latest(record.end(), record.logIndex());
                archivedUntil = record.newest();
              });
    } catch (LogFormatException e) {
      problems.accept("the entry " + entry.logIndex() + " is malformed: " + e.getMessage());
    }
  }

  private long signedSize() {
    return signedSize(log.state());
  }

  private static long signedSize(LogState state) {
    return state.checkpoint() == null ? 0 : signedCheckpoint(state).size();
  }

  private static Checkpoint signedCheckpoint(LogState state) {
    byte[] note = String.valueOf(state.checkpoint()).getBytes(StandardCharsets.UTF_8);
    return Checkpoint.parse(SignedNote.parse(note).text());
  }

  private void checkState() {
    LogState state = log.state();
    if (state.size() != signedSize(state)) {
      problems.accept(
          "access_token_log was changed: tree_size is "
              + state.size()
              + ", but the latest checkpoint has "
              + signedSize(state)
              + " entries");
    }
    if (!String.valueOf(state.origin()).equals(signedCheckpoint(state).origin())) {
      problems.accept(
          "access_token_log was changed: origin is "
              + state.origin()
              + ", but the latest checkpoint belongs to the log "
              + signedCheckpoint(state).origin());
    }
    checkPartialTiles(state);
  }

  /** Verifies that no partial tile has more hashes than the tree needs. */
  private void checkPartialTiles(LogState state) {
    long hashes = state.size();
    for (int level = 0; hashes > 0; level++, hashes /= Tile.FULL_WIDTH) {
      if (hashes % Tile.FULL_WIDTH == 0) {
        continue;
      }
      Tile tile = Tile.of(level, hashes / Tile.FULL_WIDTH, state.size());
      try {
        int stored = log.tiles().read(tile).length / MerkleHash.BYTES;
        // A running server can append in between.
        if (stored > tile.width() && signedSize() == state.size()) {
          problems.accept(
              tile.path() + " has " + stored + " hashes: hashes were added, or the log was cut");
        }
      } catch (LogFormatException e) {
        // The comparison of the tiles reports a tile that cannot be read.
      }
    }
  }

  private void checkRowsWithoutIndex() {
    List<LoggedRow> rows = log.rowsWithoutIndex();
    Set<String> imported =
        rows.stream()
            .map(LoggedRow::event)
            .filter(event -> event.event().equals(AuditEvent.Type.IMPORTED.text()))
            .map(PendingEvent::tokenId)
            .collect(Collectors.toSet());
    for (LoggedRow row : rows) {
      if (movedRowIds.contains(row.id())) {
        continue; // reported already
      }
      if (row.event().occurredAt().isBefore(newest.minus(MAX_DELAY))
          && !imported.contains(row.event().tokenId())
          && !row.event().event().equals(AuditEvent.Type.ENDED_SECRET_USED.text())) {
        problems.accept(name(row) + " was inserted: it has no index, but the log has later events");
      } else {
        notices.accept(
            name(row)
                + " is not in the log yet: the service adds it within two seconds if it runs");
      }
    }
  }

  /** Compares the entries that a running server has appended since the checkpoint was read. */
  private void addAppended(long first, long end) {
    for (long index = first; index < end; index += Tile.FULL_WIDTH) {
      for (String entry : log.entries(index, (int) Math.min(Tile.FULL_WIDTH, end - index))) {
        try {
          add(LogEntry.parse(entry.getBytes(StandardCharsets.UTF_8)));
        } catch (LogFormatException e) {
          problems.accept("an entry after " + first + " is not an audit event: " + e.getMessage());
        }
      }
    }
    compareBatch();
  }

  private void compareBatch() {
    if (batch.isEmpty()) {
      return;
    }
    long first = batch.get(0).logIndex();
    long end = batch.get(batch.size() - 1).logIndex() + 1;
    Map<String, List<LoggedRow>> rows = byEvent(log.rows(first, end));
    Map<Long, String> ids = log.eventIds(first, end);
    Map<String, List<LoggedRow>> elsewhere = findElsewhere(rows, ids);
    for (LogEntry entry : batch) {
      newest = later(newest, entry.occurredAt());
      String event = event(entry.kind(), entry.id());
      List<LoggedRow> own = rows.remove(event);
      if (!ids.containsKey(entry.logIndex()) && isArchived(entry.logIndex())) {
        archivedEntries++; // archive-log can have removed the row after it was read
        continue;
      }
      if (!ids.containsKey(entry.logIndex())) {
        problems.accept(
            "the entry " + entry.logIndex() + " was deleted from access_token_log_entries");
      } else if (!entry.id().equals(ids.get(entry.logIndex()))) {
        problems.accept(
            "access_token_log_entries was changed: event_id of the entry " + entry.logIndex());
      }
      if (entry.kind().equals(LogArchive.KIND)) {
        addRecord(entry); // it is no event of a token
      } else if (own == null) {
        compareElsewhere(entry, elsewhere.getOrDefault(event, List.of()));
      } else {
        compare(entry, own.get(0));
      }
    }
    rows.values().stream()
        .flatMap(List::stream)
        .forEach(row -> problems.accept(name(row) + " was inserted: another event has its index"));
    batch.clear();
  }

  /** Groups rows by the kind and the id of their event. Keeps the order of the rows. */
  private static Map<String, List<LoggedRow>> byEvent(List<LoggedRow> rows) {
    return rows.stream()
        .collect(
            Collectors.groupingBy(
                row -> event(row.kind(), row.id()), LinkedHashMap::new, Collectors.toList()));
  }

  private static String event(String kind, String id) {
    return kind + ' ' + id;
  }

  /**
   * Returns true if the signed log of the database records that an entry was archived. This record
   * can be newer than the compared entries, for example if the entries are from a directory.
   */
  private boolean isArchived(long index) {
    if (provedArchive == null || index >= provedArchive.end()) {
      proveLatest();
    }
    return provedArchive != null && index < provedArchive.end();
  }

  private void proveLatest() {
    ArchiveStore.Latest latest = log.archives().orElseThrow().latest().orElse(null);
    if (latest != null && !latest.equals(triedArchive)) {
      triedArchive = latest;
      provedArchive = provedRecordOrNull(latest);
    }
  }

  /**
   * Returns the time of the newest event that the current log records as archived. The current log
   * can be newer than the compared entries.
   */
  private Instant archivedUntil() {
    proveLatest();
    return provedArchive != null && provedArchive.newest().isAfter(archivedUntil)
        ? provedArchive.newest()
        : archivedUntil;
  }

  /**
   * Returns the record of an archive, after verifying that the current log contains the record.
   * Returns null if the log does not contain the record, or if the proof fails.
   */
  private @Nullable LogArchive provedRecordOrNull(ArchiveStore.Latest latest) {
    try {
      LogState state = log.state();
      SignedNote note =
          SignedNote.parse(String.valueOf(state.checkpoint()).getBytes(StandardCharsets.UTF_8));
      long index = latest.recordIndex();
      List<String> record = log.entries(index, 1);
      if (record.isEmpty()) {
        return null;
      }
      MerkleTree tree = new MerkleTree(log.tiles(), Checkpoint.parse(note.text()).size());
      InclusionProof proof =
          new InclusionProof(record.get(0), index, tree.inclusionProof(index), note);
      LogEntry entry = LogEntry.parse(record.get(0).getBytes(StandardCharsets.UTF_8));
      return isLogged.test(proof) ? LogArchive.of(entry).orElse(null) : null;
    } catch (LogFormatException e) {
      return null; // the comparison with the entries reports what was changed
    }
  }

  private static Instant later(Instant newest, String time) {
    try {
      Instant instant = Instant.parse(time);
      return instant.isAfter(newest) ? instant : newest;
    } catch (DateTimeParseException e) {
      return newest; // a row that was damaged before it was logged
    }
  }

  /**
   * Finds the rows of those entries of the batch whose row is not in {@code rows}. The index of
   * such a row can be wrong. Therefore this method searches by event id. It skips the records of
   * archives, and archived entries that are no longer stored.
   *
   * @param rows the rows whose index is in the range of the batch, by the kind and the id of their
   *     event
   * @param stored the event ids of the stored entries of the batch, by the index of the entry
   * @return the rows, by the kind and the id of their event
   */
  private Map<String, List<LoggedRow>> findElsewhere(
      Map<String, List<LoggedRow>> rows, Map<Long, String> stored) {
    List<String> ids =
        batch.stream()
            .filter(entry -> stored.containsKey(entry.logIndex()) || !isArchived(entry.logIndex()))
            .filter(entry -> !entry.kind().equals(LogArchive.KIND))
            .filter(entry -> !rows.containsKey(event(entry.kind(), entry.id())))
            .map(LogEntry::id)
            .toList();
    return ids.isEmpty() ? Map.of() : byEvent(log.rowsOf(ids));
  }

  private void compareElsewhere(LogEntry entry, List<LoggedRow> elsewhere) {
    if (elsewhere.isEmpty()) {
      problems.accept("the row of an entry was deleted: " + entry.summary());
    }
    elsewhere.forEach(row -> compare(entry, row));
  }

  private void compare(LogEntry entry, LoggedRow row) {
    List<String> columns = new ArrayList<>();
    Long index = row.logIndex();
    if (index == null || index != entry.logIndex()) {
      columns.add("log_index");
      movedRowIds.add(row.id());
    }
    LogEntry now = row.event().entry(entry.logIndex());
    addChanged(columns, "token_id", now.tokenId(), entry.tokenId());
    addChanged(columns, "event", now.event(), entry.event());
    addChanged(columns, "actor", now.actor(), entry.actor());
    if (!now.occurredAt().equals(entry.occurredAt()) || !isInMillis(row.event().occurredAt())) {
      columns.add("occurred_at");
    }
    if (!Objects.equals(now.owner(), entry.owner())) {
      columns.add("the owner of the token");
    } else if (entry.owner() != null
        && now.tokenId().equals(entry.tokenId())
        && !entry.owner().equals(row.tokenOwner())) {
      problems.accept(
          (row.tokenOwner() == null
                  ? "the row of a token was deleted: "
                  : "the group or user in the row of a token was changed: ")
              + entry.summary());
    }
    if (entry.isReasonErased(row.event().metadata())) {
      notices.accept(name(row) + ": the reason was erased (entry " + entry.logIndex() + ")");
    } else if (columns.isEmpty() && !now.equals(entry) && !hasBytesOf(entry, now)) {
      columns.add("metadata");
    } else if (!entry.metadata().containsKey(LogEntry.METADATA_HASH)
        && !now.metadata().equals(entry.metadata())) {
      columns.add("metadata");
    }
    if (!columns.isEmpty()) {
      problems.accept(
          name(row)
              + " was changed: "
              + String.join(", ", columns)
              + " (entry "
              + entry.logIndex()
              + ")");
    }
  }

  private static void addChanged(List<String> columns, String column, String now, String entry) {
    if (!now.equals(entry)) {
      columns.add(column);
    }
  }

  private static boolean hasBytesOf(LogEntry entry, LogEntry now) {
    try {
      return Arrays.equals(entry.bytes(), now.bytes());
    } catch (LogFormatException e) {
      return false; // a text of the row is not valid Unicode
    }
  }

  private static boolean isInMillis(Instant instant) {
    return instant.equals(instant.truncatedTo(ChronoUnit.MILLIS));
  }

  private static String name(LoggedRow row) {
    return "the row " + row.id() + " of " + row.table();
  }
}
