package io.accesstokens.app.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.log.LogEntry;
import io.accesstokens.transparency.stream.StreamBatch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WebhookStreamSenderTest {

  private static final Pattern ID = Pattern.compile("audit-events-7-8-[0-9a-f]{16}");

  private static StreamBatch batch(String origin, String eventId) {
    LogEntry entry =
        new LogEntry(
            eventId,
            "0192f0c1-0000-7000-8000-000000000002",
            LogEntry.SERVICE,
            "group:default/payments",
            "created",
            "user:default/alice",
            Map.of(),
            "2026-11-27T20:00:00.123Z",
            7);
    return new StreamBatch(
        origin,
        List.of(
            new StreamBatch.Item(entry, new String(entry.bytes(), StandardCharsets.UTF_8)),
            Batches.item(8)));
  }

  @Test
  void sameBatchHasTheSameId() {
    String event = "0192f0c1-0000-7000-8000-00000000000a";
    String id = WebhookStreamSender.id("siem", batch("log.example.com", event));
    assertTrue(ID.matcher(id).matches(), id);
    assertEquals(id, WebhookStreamSender.id("siem", batch("log.example.com", event)));
  }

  @Test
  void otherEventsAtTheSameIndexesHaveAnotherId() {
    String event = "0192f0c1-0000-7000-8000-00000000000a";
    String restored = "0192f0c1-0000-7000-8000-00000000000b";
    List<String> ids =
        List.of(
            WebhookStreamSender.id("siem", batch("log.example.com", event)),
            WebhookStreamSender.id("siem", batch("log.example.com", restored)),
            WebhookStreamSender.id("other", batch("log.example.com", event)),
            WebhookStreamSender.id("siem", batch("other.example.com", event)));
    assertEquals(4, Set.copyOf(ids).size(), () -> "different ids in " + ids);
  }
}
