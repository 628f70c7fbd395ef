package io.accesstokens.app.stream;

import io.accesstokens.log.LogEntry;
import io.accesstokens.transparency.stream.StreamBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Batches of entries for tests. */
final class Batches {

  private Batches() {}

  /** Returns an entry whose text has characters outside of ASCII. */
  static StreamBatch.Item item(long index) {
    LogEntry entry =
        new LogEntry(
            "0192f0c1-0000-7000-8000-000000000001",
            "0192f0c1-0000-7000-8000-000000000002",
            LogEntry.SERVICE,
            "group:default/payments",
            "created",
            "user:default/alice",
            Map.of("note", "é\uD83D\uDD11 \"\n"),
            "2026-11-27T20:00:00.123Z",
            index);
    return new StreamBatch.Item(entry, new String(entry.bytes(), StandardCharsets.UTF_8));
  }

  static StreamBatch of(long first, int count) {
    List<StreamBatch.Item> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(item(first + i));
    }
    return new StreamBatch("log.example.com", items);
  }
}
