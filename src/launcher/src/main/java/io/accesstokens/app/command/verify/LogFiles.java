package io.accesstokens.app.command.verify;

import io.accesstokens.log.LogEntry;
import io.accesstokens.log.LogVerifier;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.TileReader;
import io.accesstokens.log.VerifierKey;
import java.util.List;
import java.util.Optional;

/** The files of a log, from one of the sources. */
interface LogFiles extends TileReader, AutoCloseable {

  /** Maximum number of bytes of a checkpoint and of a list of keys. */
  int MAX_NOTE_BYTES = SignedNote.MAX_BYTES;

  /** Returns the latest checkpoint. */
  byte[] checkpoint();

  /**
   * Returns checkpoints with cosignatures: for each witness the latest one that it has cosigned, if
   * there is one. The cosignatures are not verified, and each checkpoint can have any of them.
   */
  List<byte[]> cosignedCheckpoints(List<VerifierKey> witnesses);

  /** Returns the verifier keys that the log itself publishes. */
  List<String> keys();

  /**
   * Returns the proof of the record of an earlier archive, if these files are an archive that
   * continues it.
   */
  default Optional<byte[]> earlierArchive() {
    return Optional.empty();
  }

  /** Compares the entries with other data. */
  interface EntryCheck {

    /** Compares nothing. */
    EntryCheck NONE =
        new EntryCheck() {
          @Override
          public void add(LogEntry entry) {}

          @Override
          public void end(long size) {}
        };

    /** Receives the entries in their order. */
    void add(LogEntry entry);

    /**
     * Ends the comparison.
     *
     * @param size the number of entries of the log
     */
    void end(long size);
  }

  /**
   * Returns the comparison with the rows of the audit logs.
   *
   * @param verifier receives each problem and each remark, as a sentence
   */
  default EntryCheck rowCheck(LogVerifier verifier) {
    return EntryCheck.NONE;
  }

  @Override
  default void close() {}
}
