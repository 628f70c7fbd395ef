package io.accesstokens.transparency;

import io.accesstokens.log.Checkpoint;
import io.accesstokens.log.InclusionProof;
import io.accesstokens.log.LogArchive;
import io.accesstokens.log.LogEntry;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.MerkleTree;
import io.accesstokens.log.SignedNote;
import io.accesstokens.log.VerifierKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Reads the latest archive from the store, and verifies that the signed log contains the record of
 * this archive. Without this check, a row that an administrator of the database has inserted would
 * be accepted.
 */
final class ArchiveRecords {

  private ArchiveRecords() {}

  /**
   * Returns the latest archive whose record in the log was verified; empty if there is no archive.
   *
   * @throws ForkedLogException if the record is not in the signed log
   */
  static Optional<LogArchive> latest(LogStore store, List<VerifierKey> keys) {
    Optional<ArchiveStore.Latest> latest = store.archives().flatMap(ArchiveStore::latest);
    return latest.map(stored -> proved(store, stored, keys));
  }

  private static LogArchive proved(
      LogStore store, ArchiveStore.Latest stored, List<VerifierKey> keys) {
    try {
      InclusionProof proof = proof(store, stored.recordIndex());
      Checkpoint unused = proof.verify(keys);
      LogEntry entry = LogEntry.parse(proof.entry().getBytes(StandardCharsets.UTF_8));
      LogArchive archive =
          LogArchive.of(entry)
              .orElseThrow(() -> new LogFormatException("the entry is not the record of one"));
      if (archive.end() != stored.end() || archive.logIndex() != stored.recordIndex()) {
        throw new LogFormatException("the entry is the record of another archive");
      }
      return archive;
    } catch (LogFormatException e) {
      throw new ForkedLogException(
          "access_token_log_archives has an archive that the log does not record: "
              + e.getMessage(),
          e);
    }
  }

  private static InclusionProof proof(LogStore store, long index) {
    List<String> entries = store.entries(index, 1);
    String note = store.state().checkpoint();
    if (note == null || entries.size() != 1) {
      throw new LogFormatException("the entry " + index + " is missing");
    }
    SignedNote signed = SignedNote.parse(note.getBytes(StandardCharsets.UTF_8));
    MerkleTree tree = new MerkleTree(store.tiles(), Checkpoint.parse(signed.text()).size());
    return new InclusionProof(entries.get(0), index, tree.inclusionProof(index), signed);
  }
}
