package io.accesstokens.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests the record of an archive. */
class LogArchiveTest {

  private static final LogArchive ARCHIVE =
      new LogArchive(
          256, 768, MerkleHash.EMPTY_ROOT, Instant.parse("2020-01-01T00:00:00.123Z"), "root", 900);

  private static LogEntry entry(String kind, Map<String, String> metadata) {
    return new LogEntry(
        "id",
        LogArchive.NO_TOKEN,
        kind,
        null,
        LogArchive.EVENT,
        "system:access-tokens",
        metadata,
        "2026-01-01T00:00:00.000Z",
        900);
  }

  @Test
  void recordIsParsedFromItsEntry() {
    LogEntry entry = entry(LogArchive.KIND, ARCHIVE.metadata());
    assertEquals(Optional.of(ARCHIVE), LogArchive.of(LogEntry.parse(entry.bytes())));
    assertEquals(
        Optional.empty(),
        LogArchive.of(entry(LogEntry.SERVICE, ARCHIVE.metadata())),
        "an event of a token that looks like a record");
  }

  @Test
  void malformedRecordIsRejected() {
    for (Map.Entry<String, String> change :
        Map.of(
                "first", "255",
                "end", "1024",
                "root", "x",
                "newest", "yesterday")
            .entrySet()) {
      Map<String, String> metadata = new HashMap<>(ARCHIVE.metadata());
      metadata.put(change.getKey(), change.getValue());
      LogEntry changed = entry(LogArchive.KIND, metadata);
      assertThrows(LogFormatException.class, () -> LogArchive.of(changed), change::toString);
      metadata.remove(change.getKey());
      LogEntry without = entry(LogArchive.KIND, metadata);
      assertThrows(LogFormatException.class, () -> LogArchive.of(without), change::toString);
    }
  }
}
