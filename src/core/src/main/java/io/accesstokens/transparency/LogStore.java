package io.accesstokens.transparency;

import io.accesstokens.log.TileReader;
import io.accesstokens.signing.SealedKey;
import io.accesstokens.signing.SigningKeyStore;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.transparency.delivery.TargetStore;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Stores the transparency log of the events of a token store. Implementations must be thread-safe,
 * and several processes may share the stored data. Every method throws {@link
 * StoreUnavailableException} if the store cannot be reached, or if the outcome of a change is
 * unknown.
 */
public interface LogStore {

  /**
   * Computes the rows of an append from the state of the log. Can be called again after a conflict.
   */
  @FunctionalInterface
  interface Appender {

    /**
     * Returns the rows to write.
     *
     * @param state the state, which no other process can change before the rows are committed
     * @param events events that have no index, in the order of their new indexes; at least one
     * @param tiles reads the stored tiles
     */
    LogAppend append(LogState state, List<PendingEvent> events, TileReader tiles);
  }

  /** Returns the current state. */
  LogState state();

  /**
   * Returns the current state, and limits the number of concurrent reads. Use this method for reads
   * that anonymous callers can cause.
   *
   * @throws StoreUnavailableException if too many callers wait
   */
  default LogState boundedState() {
    return state();
  }

  /**
   * Sets the name of the log, if it has none.
   *
   * @return the name of the log
   */
  String setOriginIfAbsent(String origin);

  /** Returns true if there is an event that has no index. */
  boolean hasPendingEvents();

  /**
   * Counts the events that have no index.
   *
   * @param limit the maximum count
   */
  LogBacklog backlog(int limit);

  /**
   * Appends events in one transaction.
   *
   * @param limit the maximum number of events
   * @param appender computes the rows to write; not called if all events are in the log
   * @return the number of events that have an index now and had none before
   */
  int append(int limit, Appender appender);

  /**
   * Replaces the stored checkpoint, unless the stored state of the log has changed.
   *
   * @param state the state that the caller has read; the new checkpoint has the same size
   * @return false if the stored state has changed
   */
  boolean replaceCheckpoint(LogState state, String checkpoint);

  /**
   * Returns the reader of the stored tiles of hashes. The reader returns all stored hashes of a
   * tile, even if the requested width of the tile is smaller.
   */
  TileReader tiles();

  /**
   * Returns a reader like the result of {@link #tiles}, with a limit on the number of concurrent
   * reads. Use this method for reads that anonymous callers can cause. The reader throws {@link
   * StoreUnavailableException} if too many callers wait.
   */
  default TileReader boundedTiles() {
    return tiles();
  }

  /**
   * Returns entries in the order of their indexes.
   *
   * @param first the index of the first entry
   * @param count the number of entries
   * @return the entries; fewer than {@code count} if the log ends earlier or entries were archived
   */
  List<String> entries(long first, int count);

  /** Returns the index of an event; empty if the event has none, or if its entry was archived. */
  OptionalLong indexOf(UUID eventId);

  /**
   * Returns the store of the delivery states of targets. A target is a witness, or another system
   * that receives checkpoints.
   *
   * @return empty if this store does not support targets
   */
  default Optional<TargetStore> targets() {
    return Optional.empty();
  }

  /**
   * Returns the store that removes archived events.
   *
   * @return empty if this store does not support archives
   */
  default Optional<ArchiveStore> archives() {
    return Optional.empty();
  }

  /** Returns the store of the keys that sign checkpoints. */
  SigningKeyStore keys();

  /**
   * Replaces the encrypted private key in the stored row of a key.
   *
   * @param before the key as last read
   * @param after the key, encrypted again
   * @return false if the key has changed since it was read
   */
  boolean reseal(SealedKey before, SealedKey after);
}
