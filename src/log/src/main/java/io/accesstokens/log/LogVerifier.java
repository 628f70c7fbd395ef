package io.accesstokens.log;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a log without its server: the checkpoint, the consistency with earlier checkpoints, and
 * all entries and tiles. The memory use is about 16 bytes for each entry. Not thread-safe.
 */
public final class LogVerifier {

  /** Maximum number of problems that are reported. */
  public static final int MAX_PROBLEMS = 1_000;

  /**
   * Remark for a log that does not extend an earlier checkpoint: a restored backup can be the
   * cause.
   */
  private static final String RESTORED =
      "a database that was restored from a backup also gives this result, because its latest events"
          + " are lost: ask the operator when it was restored; the log is proved up to the largest"
          + " checkpoint that it extends";

  private final TileReader reader;
  private final List<VerifierKey> keys;
  private final Checkpoint checkpoint;
  private final List<String> problems = new ArrayList<>();
  private final List<Long> differing = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();
  private final List<Absence> absences = new ArrayList<>();
  private TileReader archives =
      tile -> {
        throw new LogFormatException("there is no archive");
      };
  private @Nullable LogArchive archive;
  private final EventIds ids = new EventIds();
  private long omitted;

  /**
   * Entries that the log does not have.
   *
   * @param first the index of the first entry
   * @param end the index after the last entry
   * @param isInArchive true if an archive has the entries
   * @param problem why the entries are absent
   */
  private record Absence(long first, long end, boolean isInArchive, String problem) {}

  /**
   * Creates a verifier, and verifies the checkpoint.
   *
   * @param reader reads the tiles and the bundles of entries
   * @param note the latest checkpoint
   * @param keys the keys of the log
   * @throws LogFormatException if the checkpoint is malformed, or cannot be verified with the keys
   */
  public LogVerifier(TileReader reader, byte[] note, List<VerifierKey> keys) {
    this.reader = reader;
    this.keys = List.copyOf(keys);
    this.checkpoint = Checkpoint.verified(SignedNote.parse(note), keys);
  }

  /** Returns the verified checkpoint. */
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /**
   * Returns the problems, as sentences; empty if all that was verified is correct. If there are
   * more than {@value #MAX_PROBLEMS} problems, the last sentence says how many problems are not
   * listed.
   */
  public List<String> problems() {
    List<String> all = new ArrayList<>(problems);
    if (omitted > 0) {
      all.add(omitted + " further problems are not listed");
    }
    return List.copyOf(all);
  }

  /** Adds a problem that the caller has found. */
  public void report(String problem) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(problem);
    } else {
      omitted++;
    }
  }

  /** Returns remarks that are no problems, as sentences. */
  public List<String> notices() {
    return List.copyOf(notices);
  }

  /**
   * Adds a remark. Does nothing if the remark was added before, or if there are already {@value
   * #MAX_PROBLEMS} remarks.
   */
  public void remark(String notice) {
    if (notices.size() < MAX_PROBLEMS && !notices.contains(notice)) {
      notices.add(notice);
    }
  }

  /**
   * Sets the archives. The verifier reads a bundle from an archive if the log does not have the
   * bundle.
   *
   * @param reader reads a bundle; throws {@link LogFormatException} if no archive has the bundle
   */
  public void useArchives(TileReader reader) {
    archives = reader;
  }

  /**
   * Accepts that the entries of an earlier archive are absent. Reports a problem if the proof
   * cannot be verified.
   *
   * @param proof the proof of the record of the earlier archive, as {@link InclusionProof#parse}
   *     accepts it
   */
  public void acceptArchive(byte[] proof) {
    try {
      InclusionProof parsed = InclusionProof.parse(proof);
      Checkpoint later = parsed.verify(keys);
      LogEntry entry = LogEntry.parse(parsed.entry().getBytes(StandardCharsets.UTF_8));
      if (!later.origin().equals(checkpoint.origin()) || entry.logIndex() != parsed.index()) {
        throw new LogFormatException("it belongs to another log or entry");
      }
      addRecord(
          LogArchive.of(entry)
              .orElseThrow(() -> new LogFormatException("the entry is not a record")));
    } catch (LogFormatException e) {
      report("the record of the earlier archive cannot be verified: " + e.getMessage());
    }
  }

  /**
   * Returns true if the log itself does not have an entry. Call this method when the entry is
   * passed to the consumer of {@link #verifyEntries}.
   */
  public boolean isAbsent(long index) {
    return !absences.isEmpty() && index < absences.get(absences.size() - 1).end();
  }

  /**
   * Returns the latest archive whose record was verified; empty if there is none. Call this method
   * after {@link #verifyEntries}.
   */
  public Optional<LogArchive> archive() {
    return Optional.ofNullable(archive);
  }

  /**
   * Returns the number of entries whose content was not verified, because neither the log nor an
   * archive has them. Call this method after {@link #verifyEntries}.
   */
  public long unverifiedEntries() {
    return absences.stream()
        .filter(absence -> !absence.isInArchive())
        .mapToLong(absence -> absence.end() - absence.first())
        .sum();
  }

  /** Verifies that the log extends an earlier checkpoint. */
  public void verifyExtends(byte[] earlierNote) {
    var unused = verifyExtends(earlierNote, "the earlier checkpoint");
  }

  /**
   * Verifies that the log extends an earlier checkpoint.
   *
   * @param name the name of the checkpoint in the problems and remarks
   * @return false if a problem was reported
   */
  public boolean verifyExtends(byte[] earlierNote, String name) {
    try {
      Checkpoint earlier = Checkpoint.verified(SignedNote.parse(earlierNote), keys);
      if (!earlier.origin().equals(checkpoint.origin())) {
        report(name + " belongs to another log: " + earlier.origin());
      } else if (earlier.size() > checkpoint.size()) {
        report(
            "the log was shortened: it has "
                + checkpoint.size()
                + " entries, and "
                + name
                + " has "
                + earlier.size());
        remark(RESTORED);
      } else {
        List<MerkleHash> proof =
            new MerkleTree(reader, checkpoint.size()).consistencyProof(earlier.size());
        if (!MerkleProofs.isConsistent(
            proof, earlier.size(), earlier.root(), checkpoint.size(), checkpoint.root())) {
          report("the log does not extend " + name + " of size " + earlier.size());
          remark(RESTORED);
        } else {
          remark("the log extends " + name + " of size " + earlier.size());
          return true;
        }
      }
    } catch (LogFormatException e) {
      report(name + " cannot be verified: " + e.getMessage());
    }
    return false;
  }

  /**
   * Computes the tree from all entries, and compares it with the checkpoint and with all tiles.
   * Reports an empty entry in a bundle as missing, and reads the hash of this entry from the tile.
   * Stops with a problem at a bundle whose entries and hashes cannot be read. Call this method only
   * once.
   *
   * @param each receives each entry that has the form of an entry, in order
   * @param progress receives the number of entries after each bundle
   */
  public void verifyEntries(Consumer<LogEntry> each, LongConsumer progress) {
    TreeBuilder builder = TreeBuilder.empty(this::compare);
    for (long bundle = 0; bundle * Tile.FULL_WIDTH < checkpoint.size(); bundle++) {
      byte[] leaves = leaves(Tile.of(0, bundle, checkpoint.size()));
      if (!verifyBundle(Tile.of(Tile.ENTRIES, bundle, checkpoint.size()), leaves, builder, each)) {
        reportAbsences();
        if (!hasUnrecordedAbsences()) {
          // Without these hashes, no later entry is compared with the checkpoint.
          report(absences.get(absences.size() - 1).problem());
        }
        return;
      }
      progress.accept(builder.size());
    }
    reportAbsences();
    builder.partialTiles().forEach(this::compare);
    boolean same = builder.root().equals(checkpoint.root());
    for (long index : differing) {
      report(
          same
              ? "the hash of the entry " + index + " was changed in its tile"
              : "the entry " + index + " was changed");
    }
    if (!same) {
      report("the entries do not give the root of the checkpoint");
    }
  }

  /**
   * Verifies the entries of a bundle. If the log does not have the bundle, uses the bundle of an
   * archive, or otherwise only the hashes of the leaves.
   *
   * @return false if neither the entries nor the hashes can be read
   */
  private boolean verifyBundle(
      Tile tile, byte[] leaves, TreeBuilder builder, Consumer<LogEntry> each) {
    List<byte[]> entries;
    try {
      entries = EntryBundle.decode(reader.read(tile), tile);
    } catch (LogFormatException e) {
      entries = archived(tile);
      long first = builder.size();
      long end = first + tile.width();
      boolean isInArchive = !entries.isEmpty();
      boolean continues = isInArchive || addHashes(tile, leaves, builder);
      String last = continues ? " to " + (end - 1) : "";
      absences.add(
          new Absence(
              first,
              end,
              isInArchive,
              e.getMessage() + ", so the entries from " + first + last + " are not verified"));
      if (!isInArchive) {
        return continues;
      }
    }
    for (byte[] entry : entries) {
      int position = (int) (builder.size() % Tile.FULL_WIDTH);
      if (entry.length == 0 && leaves.length > position * MerkleHash.BYTES) {
        report("the entry " + builder.size() + " is missing");
        builder.add(MerkleHash.at(leaves, position));
      } else {
        verify(entry, builder.size(), leaves, each);
        builder.add(MerkleHash.ofLeaf(entry));
      }
    }
    return true;
  }

  /**
   * Adds the hashes of the entries of a bundle to the tree. Returns false if {@code leaves} is
   * empty, because the hashes could not be read.
   */
  private static boolean addHashes(Tile tile, byte[] leaves, TreeBuilder builder) {
    if (leaves.length == 0) {
      return false;
    }
    for (int i = 0; i < tile.width(); i++) {
      builder.add(MerkleHash.at(leaves, i));
    }
    return true;
  }

  /**
   * Returns the entries of a bundle in an archive. Returns an empty list if the bundle is not full,
   * or if no archive has a valid copy.
   */
  private List<byte[]> archived(Tile tile) {
    try {
      return tile.isFull() ? EntryBundle.decode(archives.read(tile), tile) : List.of();
    } catch (LogFormatException e) {
      return List.of();
    }
  }

  /**
   * Returns true if an entry is absent, and no record says that it was archived. Call this method
   * after {@link #verifyEntries}.
   */
  public boolean hasUnrecordedAbsences() {
    return absences.stream().anyMatch(absence -> absence.end() > archivedEnd());
  }

  /**
   * Returns true if an entry is in the current state of the log, which can have more entries than
   * the verified checkpoint. Verifies the proof of the entry, and that the current checkpoint
   * extends the verified checkpoint.
   *
   * @param proof the proof of the entry with the current checkpoint
   * @param tiles reads the current tiles
   */
  public boolean isInCurrentLog(InclusionProof proof, TileReader tiles) {
    try {
      Checkpoint current = proof.verify(keys);
      return current.origin().equals(checkpoint.origin())
          && current.size() >= checkpoint.size()
          && MerkleProofs.isConsistent(
              new MerkleTree(tiles, current.size()).consistencyProof(checkpoint.size()),
              checkpoint.size(),
              checkpoint.root(),
              current.size(),
              current.root());
    } catch (LogFormatException e) {
      return false;
    }
  }

  private long archivedEnd() {
    return archive == null ? 0 : archive.end();
  }

  /**
   * Reports the absent entries: as remarks if a record says that the entries were archived, and
   * otherwise as problems.
   */
  private void reportAbsences() {
    LogArchive latest = archive;
    long end = archivedEnd();
    absences.stream()
        .filter(absence -> absence.end() > end)
        .forEach(absence -> report(absence.problem()));
    if (latest == null) {
      return;
    }
    List<Absence> archived = absences.stream().filter(absence -> absence.end() <= end).toList();
    for (int i = 0; i < archived.size(); ) {
      Absence run = archived.get(i);
      for (i++; i < archived.size() && isContinued(run, archived.get(i)); i++) {
        run = new Absence(run.first(), archived.get(i).end(), run.isInArchive(), run.problem());
      }
      remark(
          "the entry "
              + latest.logIndex()
              + " records that the entries "
              + run.first()
              + " to "
              + (run.end() - 1)
              + " were archived"
              + (run.isInArchive()
                  ? "; they were verified in the archive"
                  : "; their content was not verified, because their archive was not given"));
    }
  }

  private static boolean isContinued(Absence run, Absence next) {
    return next.first() == run.end() && next.isInArchive() == run.isInArchive();
  }

  /**
   * Verifies the root in the record of an archive. Of the records with a correct root, keeps the
   * record with the highest end.
   */
  private void addRecord(LogArchive record) {
    // A source has the tiles for the size of its checkpoint. These can be wider than the tiles for
    // the size of the record.
    TileReader whole = tile -> reader.read(Tile.of(tile.level(), tile.index(), checkpoint.size()));
    if (record.end() > checkpoint.size()
        || !new MerkleTree(whole, record.end()).root().equals(record.root())) {
      report("the record of an archive in the entry " + record.logIndex() + " has another root");
    } else if (archive == null || archive.end() < record.end()) {
      archive = record;
    }
  }

  /** Returns the hashes of a tile; an empty array if it cannot be read. */
  private byte[] leaves(Tile tile) {
    try {
      return MerkleTree.hashes(tile, reader.read(tile));
    } catch (LogFormatException e) {
      return new byte[0]; // reported when the tile is compared
    }
  }

  private void verify(byte[] entry, long index, byte[] leaves, Consumer<LogEntry> each) {
    int position = (int) (index % Tile.FULL_WIDTH);
    if (leaves.length > position * MerkleHash.BYTES
        && !MerkleHash.at(leaves, position).equals(MerkleHash.ofLeaf(entry))
        && differing.size() < MAX_PROBLEMS) {
      differing.add(index);
    }
    LogEntry parsed = parsed(entry, index);
    if (parsed != null) {
      if (parsed.logIndex() != index) {
        report("the entry " + index + " was moved from the index " + parsed.logIndex());
      }
      addRecordOf(parsed);
      if (!ids.add(parsed.id())) {
        report("the event of an entry is also the event of an earlier entry: " + parsed.summary());
      }
      each.accept(parsed);
    }
  }

  private void addRecordOf(LogEntry entry) {
    try {
      LogArchive.of(entry).ifPresent(this::addRecord);
    } catch (LogFormatException e) {
      report("the entry " + entry.logIndex() + " is not a record of an archive: " + e.getMessage());
    }
  }

  private @Nullable LogEntry parsed(byte[] entry, long index) {
    try {
      return LogEntry.parse(entry);
    } catch (LogFormatException e) {
      report("the entry " + index + " is not an audit event: " + e.getMessage());
      return null;
    }
  }

  private void compare(Tile tile, byte[] hashes) {
    try {
      if (!Arrays.equals(hashes, MerkleTree.hashes(tile, reader.read(tile)))) {
        report(tile.path() + " does not have the hashes of the entries");
      }
    } catch (LogFormatException e) {
      report(String.valueOf(e.getMessage()));
    }
  }
}
