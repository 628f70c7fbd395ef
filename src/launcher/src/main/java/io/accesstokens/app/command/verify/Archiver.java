package io.accesstokens.app.command.verify;

import io.accesstokens.app.StartupException;
import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.InclusionProof;
import io.accesstokens.log.LogArchive;
import io.accesstokens.log.LogEntry;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.LogVerifier;
import io.accesstokens.log.MerkleHash;
import io.accesstokens.log.MerkleTree;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.Tile;
import io.accesstokens.log.VerifierKey;
import io.accesstokens.store.log.JdbcLogStore;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.transparency.ArchiveStore;
import io.accesstokens.transparency.ForkedLogException;
import io.accesstokens.transparency.LogKeys;
import io.accesstokens.transparency.LogSequencer;
import io.accesstokens.transparency.LogState;
import io.accesstokens.transparency.PendingEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Moves the oldest events to an archive. At any time, each event is in the database or in a
 * verified archive. No event is removed before the log records the archive. The steps are:
 *
 * <ol>
 *   <li>The whole log in the database is verified, so that no trace of a changed row is removed.
 *   <li>The archive is written and verified under a temporary name, and then gets its final name.
 *   <li>The record of the archive is appended to the log.
 *   <li>The events are removed, one bundle of entries in each transaction.
 * </ol>
 *
 * <p>If the process is killed, another run with the same directory continues.
 */
final class Archiver {

  /** The steps of a run of {@link Archiver#move}. */
  enum Step {
    WRITTEN,
    RENAMED,
    RECORDED,
    PART_REMOVED
  }

  /**
   * The events that can be archived.
   *
   * @param first the index of the first entry
   * @param end the index after the last entry; {@code first} if there is none
   * @param newest the time of the newest event before {@code end}; {@link Instant#EPOCH} if there
   *     is none
   * @param limit why no further entries can be archived, as a sentence; empty if {@code isRecorded}
   * @param isRecorded true if the log records this archive already, and only the removal is left
   */
  record Plan(long first, long end, Instant newest, String limit, boolean isRecorded) {

    boolean isEmpty() {
      return first == end;
    }
  }

  private final DatabaseLog databaseLog;
  private final JdbcLogStore log;
  private final LogSequencer sequencer;
  private final List<VerifierKey> keys;
  private final Consumer<Step> observer;
  private final Progress progress;

  /**
   * Creates an archiver.
   *
   * @param keys the keys of the log
   * @param published the largest checkpoint that was published, which the log must extend; null if
   *     there is none
   * @param observer receives each step after the step was done
   * @param progress shows the steps
   */
  Archiver(
      DatabaseLog databaseLog,
      LogKeys keys,
      @Nullable Checkpoint published,
      Consumer<Step> observer,
      Progress progress) {
    this.databaseLog = databaseLog;
    this.log = databaseLog.store().log();
    LogState state = log.state();
    this.sequencer =
        LogSequencer.of(
            log, keys, String.valueOf(state.origin()), UnaryOperator.identity(), published);
    this.keys = keys.verifiers();
    this.observer = observer;
    this.progress = progress;
  }

  /**
   * Finds the events that can be archived. These are the events of whole bundles of entries. Each
   * event must be older than {@code before}, and each stream must have sent the bundle.
   *
   * @param streams the index of the next entry of each stream, by its name
   * @param target the directory of the archive, or null. If an earlier run has written an archive
   *     there, the plan has no later entries than this archive
   * @throws StartupException if {@code target} exists and is not an archive, if the archive in
   *     {@code target} has earlier entries, or if an entry has no valid time
   */
  Plan plan(Instant before, Map<String, Long> streams, @Nullable Path target) {
    Optional<LogArchive> latest = sequencer.archive();
    if (latest.isPresent() && archives().hasEventsBefore(latest.get().end())) {
      LogArchive archive = latest.get();
      return new Plan(archive.first(), archive.end(), archive.newest(), "", true);
    }
    long first = latest.map(LogArchive::end).orElse(0L);
    Instant newest = latest.map(LogArchive::newest).orElse(Instant.EPOCH);
    long written = target != null && Files.exists(target) ? sizeOf(target) : Long.MAX_VALUE;
    if (written == first) {
      return new Plan(first, first, newest, target + " has the latest archive already.", false);
    }
    if (written < first) {
      throw new StartupException(target + " has an earlier archive: choose a new directory");
    }
    long size = log.state().size();
    progress.begin("reading the times of the entries", size - first);
    for (long at = first; ; at += Tile.FULL_WIDTH) {
      progress.accept(at - first);
      long end = at + Tile.FULL_WIDTH;
      if (end > written) {
        return new Plan(first, at, newest, "The archive in " + target + " ends there.", false);
      }
      if (end > size) {
        return new Plan(
            first, at, newest, "Only whole bundles of 256 entries can be moved.", false);
      }
      List<String> waiting =
          streams.entrySet().stream()
              .filter(stream -> stream.getValue() < end)
              .map(Map.Entry::getKey)
              .sorted()
              .toList();
      if (!waiting.isEmpty()) {
        String limit =
            "These streams have not sent the next events: " + String.join(", ", waiting) + ".";
        return new Plan(first, at, newest, limit, false);
      }
      Instant last = newestOf(at);
      if (!last.isBefore(before)) {
        return new Plan(
            first,
            at,
            newest,
            "The next bundle of 256 entries has events that are not old enough.",
            false);
      }
      newest = last.isAfter(newest) ? last : newest;
    }
  }

  /** Returns the number of entries of the checkpoint in a directory. */
  private static long sizeOf(Path target) {
    try {
      byte[] note = new DirectoryLog(target, null).checkpoint();
      return Checkpoint.parse(SignedNote.parse(note).text()).size();
    } catch (LogFormatException e) {
      throw new StartupException(target + " exists, but is not an archive: " + e.getMessage());
    }
  }

  private Instant newestOf(long first) {
    Instant newest = Instant.EPOCH;
    for (String text : log.entries(first, Tile.FULL_WIDTH)) {
      LogEntry entry = LogEntry.parse(text.getBytes(StandardCharsets.UTF_8));
      try {
        Instant time = Instant.parse(entry.occurredAt());
        newest = time.isAfter(newest) ? time : newest;
      } catch (DateTimeParseException e) {
        throw new StartupException("the entry " + entry.logIndex() + " has no time");
      }
    }
    return newest;
  }

  private ArchiveStore archives() {
    return log.archives().orElseThrow();
  }

  /**
   * Moves the events of a plan.
   *
   * @param target the directory of the archive. Either the directory does not exist, or an earlier
   *     run has written the directory
   * @param operator the user who moves the events
   * @return the archive, as the log records it
   * @throws StartupException if the log or the archive is not correct, if {@code target} is another
   *     archive, or if another process has archived events; this run has then removed no events
   * @throws ForkedLogException if the log contradicts a published checkpoint; this run has then
   *     removed no events
   */
  LogArchive move(Plan plan, Path target, String operator) {
    verifyDatabase();
    LogArchive archive =
        plan.isRecorded() ? recorded(plan, target) : record(plan, target, operator);
    progress.begin("removing the archived events", archive.end() - archive.first());
    for (long at = archive.first(); at < archive.end(); at += Tile.FULL_WIDTH) {
      archives().delete(at, at + Tile.FULL_WIDTH);
      progress.accept(at + Tile.FULL_WIDTH - archive.first());
      observer.accept(Step.PART_REMOVED);
    }
    return archive;
  }

  /**
   * Returns the latest archive that has a record in the log. Throws {@link StartupException} if
   * {@code target} is not the directory of this archive.
   */
  private LogArchive recorded(Plan plan, Path target) {
    LogArchive archive = sequencer.archive().orElseThrow();
    if (!Files.isDirectory(target)) {
      throw new StartupException(
          "the entries "
              + plan.first()
              + " to "
              + (plan.end() - 1)
              + " were archived, but not all were removed yet: give the directory of their archive"
              + " as --out");
    }
    MerkleHash root = verify(target, plan.first(), plan.end());
    if (!root.equals(archive.root())) {
      throw new StartupException(
          target + " is not the archive that the entry " + archive.logIndex() + " records");
    }
    return archive;
  }

  private LogArchive record(Plan plan, Path target, String operator) {
    MerkleHash root =
        Files.exists(target)
            ? verify(target, plan.first(), plan.end())
            : write(target, plan.first(), plan.end());
    if (!root.equals(Checkpoint.parse(sequencer.checkpoint(plan.end()).text()).root())) {
      throw new StartupException(
          target
              + " has other entries than the database: the database was restored or changed since"
              + " the archive was written. Keep this directory as evidence, and choose a new"
              + " directory");
    }
    LogArchive archive =
        new LogArchive(plan.first(), plan.end(), root, plan.newest(), operator, log.state().size());
    PendingEvent event =
        new PendingEvent(
            LogArchive.KIND,
            UUID.randomUUID().toString(),
            LogArchive.NO_TOKEN,
            LogArchive.EVENT,
            AuditEvent.SYSTEM,
            archive.metadata(),
            Clock.systemUTC().instant().truncatedTo(ChronoUnit.MILLIS),
            null,
            0);
    if (!sequencer.appendArchive(plan.first(), plan.end(), event)) {
      throw new StartupException(
          "another process has just archived events, so this command has moved nothing: run it"
              + " again");
    }
    observer.accept(Step.RECORDED);
    return sequencer.archive().orElseThrow();
  }

  /** Writes and verifies an archive. Returns the root hash of its checkpoint. */
  private MerkleHash write(Path target, long first, long end) {
    Path incomplete = new ArchiveWriter(log, progress).write(target, first, end, notes(end));
    observer.accept(Step.WRITTEN);
    MerkleHash root = verify(incomplete, first, end);
    ArchiveWriter.rename(incomplete, target);
    observer.accept(Step.RENAMED);
    return root;
  }

  /**
   * Returns the contents of the files with the checkpoint, the keys and the proof of the earlier
   * archive, by file name.
   */
  private Map<String, byte[]> notes(long end) {
    Map<String, byte[]> notes = new LinkedHashMap<>();
    notes.put("checkpoint", bytes(sequencer.checkpoint(end).toString()));
    notes.put(
        "key",
        bytes(
            keys.stream().map(VerifierKey::toString).collect(Collectors.joining("\n", "", "\n"))));
    sequencer
        .archive()
        .ifPresent(
            earlier -> notes.put(DirectoryLog.EARLIER_ARCHIVE, bytes(proof(earlier).text())));
    return notes;
  }

  /** Returns the proof that the log contains the record of an archive. */
  private InclusionProof proof(LogArchive archive) {
    SignedNote checkpoint = SignedNote.parse(databaseLog.checkpoint());
    MerkleTree tree = new MerkleTree(log.tiles(), Checkpoint.parse(checkpoint.text()).size());
    return new InclusionProof(
        log.entries(archive.logIndex(), 1).get(0),
        archive.logIndex(),
        tree.inclusionProof(archive.logIndex()),
        checkpoint);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void verifyDatabase() {
    LogVerifier verifier = new LogVerifier(databaseLog, databaseLog.checkpoint(), keys);
    VerifyLogCommand.verifyEntries(databaseLog, verifier, List.of(), progress);
    requireCorrect(
        "the log in the database is not correct, so this run has removed no events", verifier);
  }

  /**
   * Verifies that a directory contains the archive of these entries. Returns the root hash of the
   * archive's checkpoint.
   */
  private MerkleHash verify(Path directory, long first, long end) {
    DirectoryLog archive = new DirectoryLog(directory, null);
    LogVerifier verifier = new LogVerifier(archive, archive.checkpoint(), keys);
    archive.earlierArchive().ifPresent(verifier::acceptArchive);
    VerifyLogCommand.verifyEntries(archive, verifier, List.of(), progress);
    requireCorrect("the archive " + directory + " is not correct", verifier);
    if (verifier.checkpoint().size() != end || verifier.unverifiedEntries() != first) {
      throw new StartupException(
          "the directory "
              + directory
              + " has another archive: choose a new directory for the entries "
              + first
              + " to "
              + (end - 1));
    }
    return verifier.checkpoint().root();
  }

  private static void requireCorrect(String message, LogVerifier verifier) {
    List<String> problems = verifier.problems();
    if (!problems.isEmpty()) {
      List<String> lines = new ArrayList<>(problems);
      lines.add(message);
      throw new StartupException(lines);
    }
  }
}
