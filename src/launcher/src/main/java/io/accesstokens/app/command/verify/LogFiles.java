package io.accesstokens.app.command.verify;

import io.accesstokens.log.LogEntry;
import io.accesstokens.log.LogVerifier;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.TileReader;
import io.accesstokens.log.VerifierKey;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * The files of a transparency log. The files come from a directory, from a database, or from a
 * running service.
 */
interface LogFiles extends TileReader, AutoCloseable {

  /** Maximum number of bytes of a checkpoint and of a list of keys. */
  int MAX_NOTE_BYTES = SignedNote.MAX_BYTES;

  /** Returns the latest checkpoint, as a signed note. */
  byte[] checkpoint();

  /**
   * Returns checkpoints as signed notes. The list contains, for each witness, the latest checkpoint
   * that the witness has cosigned, if there is one. The list can contain other checkpoints. The
   * cosignatures are not verified.
   */
  List<byte[]> cosignedCheckpoints(List<VerifierKey> witnesses);

  /** Returns the verifier keys that the log itself publishes. */
  List<String> keys();

  /**
   * Returns the proof that the log records the earlier archive. Returns empty if these files are
   * not an archive, or if they are the first archive.
   */
  default Optional<byte[]> earlierArchive() {
    return Optional.empty();
  }

  /** Compares the entries of the log with other data, such as the rows of the audit logs. */
  interface EntryCheck {

    /** Compares nothing. */
    EntryCheck NONE =
        new EntryCheck() {
          @Override
          public void add(LogEntry entry) {}

          @Override
          public void end(long size, LongConsumer tokens) {}
        };

    /** Receives the next entry, in the order of the log. */
    void add(LogEntry entry);

    /**
     * Ends the comparison.
     *
     * @param size the number of entries of the log
     * @param tokens receives the number of compared tokens after each page of tokens
     */
    void end(long size, LongConsumer tokens);
  }

  /**
   * Returns a check that compares the entries with the rows of the audit logs. The default compares
   * nothing.
   *
   * @param verifier receives each problem and each remark, as a sentence
   */
  default EntryCheck rowCheck(LogVerifier verifier) {
    return EntryCheck.NONE;
  }

  @Override
  default void close() {}
}
