package io.accesstokens.transparency;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.log.LogEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PendingEventTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private static PendingEvent event(String token, long number, long seconds) {
    return new PendingEvent(
        LogEntry.SERVICE,
        token + number,
        token,
        "used",
        "user:default/alice",
        Map.of(),
        NOON.plusSeconds(seconds),
        null,
        number);
  }

  private static void assertOrder(List<String> expected, PendingEvent... events) {
    List<PendingEvent> given = new ArrayList<>(List.of(events));
    for (int i = 0; i < given.size(); i++) {
      Collections.rotate(given, 1);
      assertEquals(expected, PendingEvent.inOrder(given).stream().map(PendingEvent::id).toList());
    }
  }

  @Test
  void eventsAreInTheOrderOfTheirNumberDespiteSkewedClocks() {
    assertOrder(
        List.of("a1", "a2", "b3", "a4", "c5"),
        event("a", 1, 10),
        event("a", 2, 0),
        event("b", 3, 9),
        event("a", 4, 12),
        event("c", 5, 11));
  }
}
