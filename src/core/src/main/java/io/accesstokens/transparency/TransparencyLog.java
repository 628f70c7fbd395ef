package io.accesstokens.transparency;

import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.EntryBundle;
import io.accesstokens.log.InclusionProof;
import io.accesstokens.log.LogArchive;
import io.accesstokens.log.LogEntry;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.MerkleHash;
import io.accesstokens.log.MerkleProofs;
import io.accesstokens.log.MerkleTree;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.Tile;
import io.accesstokens.log.VerifierKey;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.transparency.delivery.Cosignatures;
import io.accesstokens.transparency.delivery.TargetState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log for clients. Thread-safe. Each method except {@link #keys} throws {@link
 * StoreUnavailableException} if the store cannot be reached.
 */
public final class TransparencyLog {

  /** Minimum time between two reads of the state by {@link #state}. */
  private static final Duration STATE_AGE = Duration.ofMillis(100);

  /**
   * Maximum number of threads that wait longer than {@link #SHORT_WAIT} for a read of the state by
   * another thread. Anonymous callers can cause these waits, which block request threads.
   */
  private static final int MAX_WAITING = 64;

  private static final Duration MAX_WAIT = Duration.ofSeconds(3);

  /**
   * Maximum wait of a thread while {@link #MAX_WAITING} other threads wait. A working store
   * responds within this time.
   */
  private static final Duration SHORT_WAIT = Duration.ofMillis(500);

  private final LogStore store;
  private final LogKeys keys;
  private final boolean published;
  private final Cosignatures cosignatures;

  private final ReentrantLock lock = new ReentrantLock();

  // The lock guards the following fields.
  private StoredState last = new StoredState(LogState.NEW, Map.of());
  private @Nullable RuntimeException failure;
  private long nextRead = System.nanoTime();

  /**
   * A stored state of the log, with the states of the witnesses. The log state is read first, so
   * that the witness states are not older than the log state.
   */
  private record StoredState(LogState log, Map<String, TargetState> targets) {}

  /**
   * Creates a reader of the log.
   *
   * @param published true if anonymous callers can read the checkpoint and the hashes; the number
   *     of their concurrent reads is then limited
   * @param cosignatures the witnesses whose cosignatures are served
   */
  public TransparencyLog(
      LogStore store, LogKeys keys, boolean published, Cosignatures cosignatures) {
    this.store = store;
    this.keys = keys;
    this.published = published;
    this.cosignatures = cosignatures;
  }

  /**
   * Returns the stored state, which was read at most {@link #STATE_AGE} ago. If a read within this
   * time failed, this call fails too. Concurrent callers wait for one read.
   *
   * @throws StoreUnavailableException if the store cannot be reached, or if the read takes too long
   */
  private StoredState state() {
    acquireLock();
    try {
      if (System.nanoTime() - nextRead >= 0) {
        try {
          last = new StoredState(published ? store.boundedState() : store.state(), targets());
          failure = null;
        } catch (RuntimeException e) {
          failure = e;
        }
        nextRead = System.nanoTime() + STATE_AGE.toNanos();
      }
      throwAgain(failure);
      return last;
    } finally {
      lock.unlock();
    }
  }

  /** Throws the failure of an earlier read, in this thread. Does nothing if there is none. */
  static void throwAgain(@Nullable RuntimeException failure) {
    if (failure instanceof StoreUnavailableException) {
      throw new StoreUnavailableException(String.valueOf(failure.getMessage()), failure);
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void acquireLock() {
    try {
      if (lock.tryLock()) {
        return;
      }
      Duration wait = lock.getQueueLength() < MAX_WAITING ? MAX_WAIT : SHORT_WAIT;
      if (!lock.tryLock(wait.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new StoreUnavailableException(
            "the read of the state of the log takes too long", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted", e);
    }
  }

  private Map<String, TargetState> targets() {
    if (cosignatures.isEmpty()) {
      return Map.of();
    }
    return store
        .targets()
        .map(known -> published ? known.boundedStates() : known.states())
        .orElse(Map.of());
  }

  /**
   * Returns the latest checkpoint as a signed note, with the cosignatures that are already stored;
   * empty before the first checkpoint. Never waits for a cosignature.
   */
  public Optional<String> checkpoint() {
    StoredState state = state();
    return Optional.ofNullable(state.log().checkpoint())
        .map(note -> cosignatures.cosign(note, state.targets()));
  }

  /**
   * Returns the checkpoint with the most cosignatures, see {@link Cosignatures#latest(Map)}. The
   * result can be older than {@link #checkpoint}. Returns empty if no witness has cosigned a
   * checkpoint.
   */
  public Optional<String> cosignedCheckpoint() {
    return cosignatures.isEmpty() ? Optional.empty() : cosignatures.latest(state().targets());
  }

  /**
   * Returns the checkpoint that a witness has cosigned last; empty if there is none.
   *
   * @param witness the verifier key of the witness
   */
  public Optional<String> cosignedCheckpoint(String witness) {
    return cosignatures.isEmpty()
        ? Optional.empty()
        : cosignatures.latest(witness, state().targets());
  }

  /** Returns the states of the witnesses, in the order of the settings. */
  public List<Cosignatures.Witness> witnesses() {
    return cosignatures.isEmpty() ? List.of() : cosignatures.witnesses(targets());
  }

  /** Returns the verifier keys, newest key first. */
  public List<VerifierKey> keys() {
    return keys.verifiers();
  }

  /**
   * Returns the checkpoint of a signed note, and first verifies that the log has signed it. If the
   * signature seems wrong, reads the keys again, because another process can have replaced them.
   *
   * @throws LogFormatException if the note is not a checkpoint that the log has signed
   */
  public Checkpoint verified(SignedNote note) {
    try {
      return Checkpoint.verified(note, keys.verifiers());
    } catch (LogFormatException e) {
      keys.refresh();
      return Checkpoint.verified(note, keys.verifiers());
    }
  }

  /**
   * Returns the content of a tile or bundle; empty if the log does not have it.
   *
   * @throws EventsArchivedException if the entries of the bundle were archived
   * @throws IllegalStateException if the stored log is damaged
   */
  public Optional<byte[]> content(Tile tile) {
    // The state decides only whether a missing tile is damage. A tile can exist outside of the
    // state: another process can have appended it, and published its checkpoint, since the state
    // was read.
    boolean expected = tile.isIn(state().log().size());
    Optional<byte[]> content = tile.hasEntries() ? entries(tile) : hashes(tile);
    if (expected && content.isEmpty()) {
      if (tile.hasEntries()) {
        archive()
            .filter(archive -> tile.index() * Tile.FULL_WIDTH < archive.end())
            .ifPresent(
                archive -> {
                  throw EventsArchivedException.ofEntries(archive);
                });
      }
      throw new IllegalStateException("the stored log is damaged: " + tile.path() + " is missing");
    }
    return content;
  }

  /**
   * Returns the latest archive, and proves that the log contains its record; empty if there is no
   * archive.
   *
   * @throws IllegalStateException if the stored record is not in the signed log
   */
  public Optional<LogArchive> archive() {
    try {
      return ArchiveRecords.latest(store, keys.verifiers());
    } catch (ForkedLogException e) {
      throw new IllegalStateException(e);
    }
  }

  private Optional<byte[]> hashes(Tile tile) {
    byte[] stored;
    try {
      stored = (published ? store.boundedTiles() : store.tiles()).read(tile);
    } catch (LogFormatException e) {
      return Optional.empty();
    }
    int length = tile.width() * MerkleHash.BYTES;
    return stored.length < length ? Optional.empty() : Optional.of(Arrays.copyOf(stored, length));
  }

  private Optional<byte[]> entries(Tile tile) {
    List<byte[]> entries =
        store.entries(tile.index() * Tile.FULL_WIDTH, tile.width()).stream()
            .map(entry -> entry.getBytes(StandardCharsets.UTF_8))
            .toList();
    return entries.size() == tile.width()
        ? Optional.of(EntryBundle.encode(entries))
        : Optional.empty();
  }

  /**
   * Returns an inclusion proof. The proof uses the result of {@link #cosignedCheckpoint()} if this
   * checkpoint covers the event, and otherwise the latest checkpoint.
   *
   * @return empty if the event is not in the log, or is an event of another token
   * @throws EventsArchivedException if the event is not in the log, and an archive may contain it
   * @throws IllegalStateException if there is no proof, because the stored log is damaged
   */
  public Optional<InclusionProof> proof(UUID tokenId, UUID eventId) {
    OptionalLong index = store.indexOf(eventId);
    List<String> entries = index.isPresent() ? store.entries(index.getAsLong(), 1) : List.of();
    if (entries.isEmpty()) {
      // Another process can have archived the entry since the read of its index.
      archive()
          .filter(archive -> index.orElse(0) < archive.end())
          .ifPresent(
              archive -> {
                throw EventsArchivedException.ofEvent(archive);
              });
    }
    if (index.isEmpty()) {
      return Optional.empty();
    }
    if (entries.size() == 1) {
      Optional<String> cosigned = cosignedCheckpoint();
      Optional<InclusionProof> proof =
          cosigned.flatMap(note -> cosignedProof(tokenId, entries.get(0), index.getAsLong(), note));
      if (proof.isPresent()) {
        return proof;
      }
    }
    String note = store.state().checkpoint();
    try {
      if (note == null || entries.size() != 1) {
        throw new LogFormatException("the entry or the checkpoint is missing");
      }
      return proof(tokenId.toString(), entries.get(0), index.getAsLong(), note);
    } catch (LogFormatException e) {
      throw new IllegalStateException("the stored log is damaged: " + e.getMessage(), e);
    }
  }

  /**
   * Returns the proof that a cosigned checkpoint includes an entry. Returns empty in these cases:
   *
   * <ul>
   *   <li>The entry is of another token.
   *   <li>The entry or the checkpoint is malformed.
   *   <li>The checkpoint is not signed with a key of this log.
   *   <li>The checkpoint is too small to include the entry.
   *   <li>The hashes do not prove that the checkpoint includes the entry.
   * </ul>
   */
  private Optional<InclusionProof> cosignedProof(
      UUID tokenId, String entry, long index, String note) {
    try {
      SignedNote signed = SignedNote.parse(note.getBytes(StandardCharsets.UTF_8));
      return Checkpoint.verified(signed, keys.verifiers()).size() > index
          ? proof(tokenId.toString(), entry, index, note)
          : Optional.empty();
    } catch (LogFormatException e) {
      return Optional.empty();
    }
  }

  private Optional<InclusionProof> proof(String tokenId, String entry, long index, String note) {
    byte[] bytes = entry.getBytes(StandardCharsets.UTF_8);
    if (!LogEntry.parse(bytes).tokenId().equals(tokenId)) {
      return Optional.empty();
    }
    SignedNote signed = SignedNote.parse(note.getBytes(StandardCharsets.UTF_8));
    Checkpoint checkpoint = Checkpoint.parse(signed.text());
    List<MerkleHash> hashes =
        new MerkleTree(store.tiles(), checkpoint.size()).inclusionProof(index);
    if (!MerkleProofs.isIncluded(
        hashes, MerkleHash.ofLeaf(bytes), index, checkpoint.size(), checkpoint.root())) {
      throw new LogFormatException("the entry " + index + " is not the one that was signed");
    }
    return Optional.of(new InclusionProof(entry, index, hashes, signed));
  }
}
