package io.accesstokens.transparency;

import io.accesstokens.log.LogArchive;
import io.accesstokens.token.StoreUnavailableException;
import java.util.Optional;

/**
 * Removes events from a store after they were written to an archive. Thread-safe. Every method
 * throws {@link StoreUnavailableException} if the store cannot be reached, or if the outcome of a
 * change is unknown.
 */
public interface ArchiveStore {

  /**
   * The stored row of the latest archive. The row does not prove that the log records the archive.
   * Callers must verify the record of the archive in the log.
   *
   * @param end the index after the last archived entry
   * @param recordIndex the index of this record
   */
  record Latest(long end, long recordIndex) {}

  /** Returns the latest archive; empty if there is none. */
  Optional<Latest> latest();

  /**
   * Appends the record of an archive to the log, in one transaction.
   *
   * @param first the index of the first entry in the archive
   * @param end the index after the last entry in the archive
   * @param record the record, an event of the kind {@link LogArchive#KIND}
   * @param appender computes the rows to write
   * @return false if {@code first} is no longer the end of the latest archive, because another
   *     process has recorded an archive
   */
  boolean append(long first, long end, PendingEvent record, LogStore.Appender appender);

  /**
   * Removes the entries with the given indexes and the audit events of these entries, in one
   * transaction. Can be repeated.
   *
   * @param first the lowest index, inclusive
   * @param end the highest index, exclusive
   */
  void delete(long first, long end);

  /** Returns true if the store has entries or audit events with an index before {@code end}. */
  boolean hasEventsBefore(long end);
}
