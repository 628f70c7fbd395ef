package io.accesstokens.transparency;

import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.LogArchive;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.MerkleHash;
import io.accesstokens.log.MerkleProofs;
import io.accesstokens.log.MerkleTree;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.Tile;
import io.accesstokens.log.TileReader;
import io.accesstokens.log.TreeBuilder;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.verify.DaemonThreads;
import io.accesstokens.verify.limit.OutageLog;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Appends committed audit events to the log, in a background thread. The package documentation
 * describes the rules. The owner must close this object before the store.
 */
public final class LogSequencer implements AutoCloseable {

  /**
   * Delay between two searches for events. This delay limits the time until a checkpoint covers an
   * event.
   */
  private static final int POLL_MILLIS = 500;

  /** Number of runs between two reads of the keys. These runs take about ten seconds. */
  private static final int REFRESH_RUNS = 20;

  /** Maximum number of events in one transaction. */
  private static final int BATCH = 500;

  /**
   * Number of events in the first transaction. The number is small, because the JVM has not
   * compiled the Java code yet.
   */
  private static final int FIRST_BATCH = 50;

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
  private static final Logger LOG = System.getLogger(LogSequencer.class.getPackageName());

  private final DaemonThreads threads = new DaemonThreads("access-tokens-log");
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(threads);
  private final LogStore store;
  private final LogKeys keys;
  private final String origin;
  private final UnaryOperator<PendingEvent> preparation;

  // Only one thread runs the sequencer.
  private int batch = FIRST_BATCH;
  private @Nullable Checkpoint seen;
  private @Nullable Checkpoint published;
  private @Nullable StoredNote lastRead;
  private final OutageLog outages = new OutageLog(LOG);
  private int runs;

  private final Map<Failure, AtomicLong> failures = new EnumMap<>(Failure.class);
  private volatile @Nullable Verified verified;
  private volatile @Nullable String damage;

  /** The cause of a run that failed. */
  public enum Failure {
    /** The store cannot be reached. */
    STORE,
    /** The stored log contradicts a signed checkpoint. */
    DAMAGE,
    /** Any other cause. */
    ERROR
  }

  /**
   * A run that found no damage. A run verifies that the stored checkpoint extends the last one.
   * {@link #run} says when a run also verifies the tree.
   *
   * @param size the number of entries
   * @param nanos the end of the run, in nanoseconds of {@link System#nanoTime}
   */
  record Verified(long size, long nanos) {}

  /** A stored checkpoint, as text and in parsed form. */
  private record StoredNote(String text, SignedNote note, Checkpoint checkpoint) {}

  private LogSequencer(
      LogStore store, LogKeys keys, String origin, UnaryOperator<PendingEvent> preparation) {
    this.store = store;
    this.keys = keys;
    this.origin = origin;
    this.preparation = preparation;
    for (Failure kind : Failure.values()) {
      failures.put(kind, new AtomicLong());
    }
  }

  /**
   * Starts the background thread.
   *
   * @param origin the name of the log, as {@link LogStore#setOriginIfAbsent} returned it
   * @param preparation changes each event before it is logged, for example by {@link
   *     PendingEvent#withReasonSalt}
   * @param published the largest checkpoint that was published, which the log must extend; null if
   *     there is none
   */
  public static LogSequencer start(
      LogStore store,
      LogKeys keys,
      String origin,
      UnaryOperator<PendingEvent> preparation,
      @Nullable Checkpoint published) {
    LogSequencer sequencer = of(store, keys, origin, preparation, published);
    var unused =
        sequencer.executor.scheduleWithFixedDelay(
            DaemonThreads.repeatable(sequencer::runSafely), 0, POLL_MILLIS, TimeUnit.MILLISECONDS);
    return sequencer;
  }

  /** Returns a sequencer without a background thread. The caller calls {@link #run}. */
  public static LogSequencer of(LogStore store, LogKeys keys, String origin) {
    return of(store, keys, origin, UnaryOperator.identity());
  }

  /** Returns a sequencer without a background thread. The caller calls {@link #run}. */
  public static LogSequencer of(
      LogStore store, LogKeys keys, String origin, UnaryOperator<PendingEvent> preparation) {
    return of(store, keys, origin, preparation, null);
  }

  /**
   * Returns a sequencer without a background thread. The caller calls {@link #run}.
   *
   * @param published the largest checkpoint that was published, which the log must extend; null if
   *     there is none
   */
  public static LogSequencer of(
      LogStore store,
      LogKeys keys,
      String origin,
      UnaryOperator<PendingEvent> preparation,
      @Nullable Checkpoint published) {
    LogSequencer sequencer = new LogSequencer(store, keys, origin, preparation);
    sequencer.published = published;
    sequencer.seen = published;
    return sequencer;
  }

  private void runSafely() {
    try {
      run();
      outages.reportSuccess("recovered: events are appended to the transparency log");
    } catch (StoreUnavailableException e) {
      count(Failure.STORE);
      outages.reportFailure(
          Level.WARNING, "the transparency log waits for the database: " + e.getMessage());
    } catch (ForkedLogException e) {
      count(Failure.DAMAGE);
      outages.reportFailure(
          Level.ERROR, "nothing is appended to the transparency log: " + e.getMessage());
    } catch (RuntimeException | Error e) {
      count(Failure.ERROR);
      outages.reportFailure(
          Level.ERROR, "an append to the transparency log failed, and is tried again", e);
    }
  }

  private void count(Failure kind) {
    Objects.requireNonNull(failures.get(kind)).incrementAndGet();
  }

  /** Returns how many runs of the background thread have failed with this cause. */
  long failures(Failure kind) {
    return Objects.requireNonNull(failures.get(kind)).get();
  }

  /** Returns the last run that found no damage; null before the first one. */
  @Nullable Verified verified() {
    return verified;
  }

  /**
   * Returns the damage that a run found. Returns null if a later run found none, or before the
   * first run. A run that fails for another reason does not change the result.
   */
  @Nullable String damage() {
    return damage;
  }

  /**
   * Appends all events that have no index, and signs a checkpoint. Also signs a checkpoint if there
   * is none, or if the keys have changed. Verifies the stored tree before each append, about every
   * ten seconds, and after a run that found damage. Appends fewer events at a time after a failure,
   * because the database ends a transaction that takes too long.
   *
   * @throws ForkedLogException if the stored log contradicts a signed checkpoint
   * @throws StoreUnavailableException if the store cannot be reached
   */
  public void run() {
    try {
      appendWithCurrentKeys();
      Checkpoint latest = seen;
      if (latest != null) {
        verified = new Verified(latest.size(), System.nanoTime());
      }
      damage = null;
    } catch (ForkedLogException e) {
      damage = String.valueOf(e.getMessage());
      throw e;
    } catch (LogFormatException e) {
      ForkedLogException damaged = damaged(e);
      damage = damaged.getMessage();
      throw damaged;
    }
  }

  /**
   * Appends events. Reads the keys again if the log seems damaged, because another process can have
   * changed the keys.
   */
  private void appendWithCurrentKeys() {
    boolean regular = runs++ % REFRESH_RUNS == 0 || damage != null;
    try {
      append(regular);
    } catch (ForkedLogException e) {
      keys.refresh();
      append(regular);
    }
  }

  /**
   * Appends events.
   *
   * @param regular true to read the keys, and to verify the stored tree even if no event waits
   */
  private void append(boolean regular) {
    LogState state = store.state();
    seen = verifiedCheckpoint(state, store.tiles());
    if (regular || !isSignedByAll(state.checkpoint())) {
      keys.refresh();
    }
    if (regular && isSignedByAll(state.checkpoint())) {
      var unused = tree(state);
    }
    if (!isSignedByAll(state.checkpoint())) {
      Checkpoint checkpoint = new Checkpoint(origin, state.size(), tree(state).root());
      var unused = store.replaceCheckpoint(state, sign(checkpoint));
    }
    boolean more = true;
    while (more && store.hasPendingEvents() && !executor.isShutdown()) {
      more = appendBatch();
    }
  }

  /**
   * Appends events in one transaction. Returns false if another process has already appended the
   * events. The database ends a transaction in which this process sends no statement for a second
   * (see {@code Database.change}). During a large append, the time between two statements can
   * exceed this limit. Therefore, the transaction after a failure appends fewer events.
   */
  private boolean appendBatch() {
    int limit = batch;
    batch = Math.max(1, limit / 4);
    boolean found = store.append(limit, this::computeAppend) > 0;
    seen = verifiedCheckpoint(store.state(), store.tiles());
    batch = Math.min(BATCH, 2 * limit);
    return found;
  }

  private boolean isSignedByAll(@Nullable String checkpoint) {
    if (checkpoint == null) {
      return false;
    }
    List<String> signers =
        read(checkpoint).note().signatures().stream().map(SignedNote.NoteSignature::keyId).toList();
    return signers.equals(keys.verifiers().stream().map(key -> key.id()).toList());
  }

  /**
   * Returns the checkpoint of a state. If it is not the last checkpoint that this process has seen,
   * first checks that the log has signed it and that it extends the last one. This check detects
   * replaced entries, and a database that was restored from a backup.
   *
   * @return null if there is no checkpoint yet
   * @throws ForkedLogException if the checkpoint is not signed, or does not extend the last one
   */
  private @Nullable Checkpoint verifiedCheckpoint(LogState state, TileReader tiles) {
    Checkpoint last = seen;
    String note = state.checkpoint();
    if (note == null) {
      if (last != null && last.size() > 0) {
        throw new ForkedLogException("the database has lost the checkpoint of the log");
      }
      return null;
    }
    Checkpoint current = read(note).checkpoint();
    if (!current.equals(last)) {
      // A forged checkpoint must not count as seen, because the log is correct after its removal.
      var unused = signed(note);
      if (last != null) {
        requireExtension(last, current, tiles);
      }
    }
    return current;
  }

  /**
   * Returns a stored checkpoint.
   *
   * @throws ForkedLogException if the log has not signed the checkpoint
   */
  private Checkpoint signed(String note) {
    try {
      return Checkpoint.verified(read(note).note(), keys.verifiers());
    } catch (LogFormatException e) {
      throw damaged(e);
    }
  }

  private static ForkedLogException damaged(LogFormatException e) {
    return new ForkedLogException("the stored log is damaged: " + e.getMessage(), e);
  }

  private void requireExtension(Checkpoint last, Checkpoint current, TileReader tiles) {
    String source = last.equals(published) ? "was published" : "this process has seen";
    if (current.size() < last.size()) {
      throw new ForkedLogException(
          "the log in the database has "
              + current.size()
              + " entries, but a checkpoint that "
              + source
              + " has "
              + last.size()
              + ": the database was restored or changed");
    }
    List<MerkleHash> proof = new MerkleTree(tiles, current.size()).consistencyProof(last.size());
    if (!MerkleProofs.isConsistent(
        proof, last.size(), last.root(), current.size(), current.root())) {
      throw new ForkedLogException(
          "the log in the database does not extend the checkpoint of size "
              + last.size()
              + " that "
              + source
              + ": entries were replaced");
    }
  }

  /**
   * Returns a builder for the tree of a stored log. Verifies that the tiles match the signed
   * checkpoint.
   *
   * @param full receives the tiles that become full
   * @throws ForkedLogException if the stored tiles do not match the signed checkpoint
   */
  private TreeBuilder tree(LogState state, TileReader tiles, Map<Tile, byte[]> full) {
    try {
      TreeBuilder builder = TreeBuilder.on(tiles, state.size(), full::put);
      String stored = state.checkpoint();
      if (stored == null) {
        if (state.size() > 0) {
          throw new ForkedLogException("the log has entries, but no checkpoint");
        }
        return builder;
      }
      Checkpoint checkpoint = signed(stored);
      if (checkpoint.size() != state.size()
          || !checkpoint.origin().equals(origin)
          || !checkpoint.root().equals(builder.root())) {
        throw new ForkedLogException("the stored tiles are not those of the stored checkpoint");
      }
      return builder;
    } catch (LogFormatException e) {
      throw damaged(e);
    }
  }

  private LogAppend computeAppend(LogState state, List<PendingEvent> events, TileReader tiles) {
    var unused = verifiedCheckpoint(state, tiles);
    Map<Tile, byte[]> changed = new HashMap<>();
    TreeBuilder builder = tree(state, tiles, changed);
    List<String> entries = new ArrayList<>();
    List<PendingEvent> prepared = events.stream().map(preparation).toList();
    for (PendingEvent event : prepared) {
      byte[] entry = event.entry(builder.size()).bytes();
      entries.add(new String(entry, StandardCharsets.UTF_8));
      builder.add(MerkleHash.ofLeaf(entry));
    }
    changed.putAll(builder.partialTiles());
    Checkpoint checkpoint = new Checkpoint(origin, builder.size(), builder.root());
    return new LogAppend(prepared, entries, changed, sign(checkpoint));
  }

  /**
   * Returns a signed checkpoint of the first entries of the log. Before the method signs, it
   * verifies that the tree of the stored checkpoint begins with these entries.
   *
   * @param size the number of entries
   * @throws ForkedLogException if the stored log contradicts its signed checkpoint
   * @throws LogFormatException if the log has fewer entries
   * @throws StoreUnavailableException if the store cannot be reached
   */
  public SignedNote checkpoint(long size) {
    LogState state = store.state();
    MerkleHash root = new MerkleTree(store.tiles(), size).root();
    Checkpoint latest = new Checkpoint(origin, state.size(), tree(state).root());
    Checkpoint earlier = new Checkpoint(origin, size, root);
    requireExtension(earlier, latest, store.tiles());
    return keys.sign(earlier.text());
  }

  private TreeBuilder tree(LogState state) {
    return tree(state, store.tiles(), new HashMap<>());
  }

  /**
   * Appends the record of an archive. The entries must be in the archive already.
   *
   * @param first the index of the first entry in the archive
   * @param end the index after the last entry in the archive
   * @param event the record, with the metadata of an archive
   * @return false if another process has just recorded an archive
   * @throws ForkedLogException if the stored log contradicts a signed checkpoint
   * @throws StoreUnavailableException if the store cannot be reached
   * @throws java.util.NoSuchElementException if the store does not support archives
   */
  public boolean appendArchive(long first, long end, PendingEvent event) {
    ArchiveStore archives = store.archives().orElseThrow();
    seen = verifiedCheckpoint(store.state(), store.tiles());
    return archives.append(first, end, event, this::computeAppend);
  }

  /**
   * Returns the latest archive, and proves that the log contains its record; empty if there is no
   * archive.
   *
   * @throws ForkedLogException if the stored record is not in the signed log
   * @throws StoreUnavailableException if the store cannot be reached
   */
  public Optional<LogArchive> archive() {
    try {
      return ArchiveRecords.latest(store, keys.verifiers());
    } catch (ForkedLogException e) {
      keys.refresh(); // the keys can be new
      return ArchiveRecords.latest(store, keys.verifiers());
    }
  }

  private String sign(Checkpoint checkpoint) {
    return keys.sign(checkpoint.text()).toString();
  }

  /**
   * Parses a stored checkpoint. Keeps the last result, because a run reads the same checkpoint
   * several times.
   */
  private StoredNote read(String text) {
    StoredNote last = lastRead;
    if (last == null || !last.text().equals(text)) {
      SignedNote note = SignedNote.parse(text.getBytes(StandardCharsets.UTF_8));
      last = new StoredNote(text, note, Checkpoint.parse(note.text()));
      lastRead = last;
    }
    return last;
  }

  /**
   * Stops the thread after the running batch. Interrupts a batch that takes longer than five
   * seconds. On embedded H2, this interrupt can close the database.
   */
  @Override
  public void close() {
    threads.shutDown(executor, STOP_TIMEOUT);
  }
}
