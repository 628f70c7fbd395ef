package io.accesstokens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.EventThrottle.Kind;
import io.accesstokens.app.EventThrottle.Summary;
import io.accesstokens.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventThrottleTest {

  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final Kind MALFORMED = new Kind("refused", "reason", "malformed", "clientAddress");
  private static final Kind UNKNOWN = new Kind("refused", "reason", "unknown", "clientAddress");

  private final ManualClock clock = new ManualClock(START);
  private final List<Summary> summaries = new ArrayList<>();

  private EventThrottle events(int lines, int sources) {
    return new EventThrottle(clock, lines, sources, summaries::add);
  }

  private static long written(EventThrottle events, Kind kind, String source, int times) {
    return IntStream.range(0, times).filter(i -> events.tryAcquire(kind, source)).count();
  }

  @Test
  void firstEventIsWrittenAndFurtherOnesAreCounted() {
    EventThrottle events = events(1, 10);
    assertEquals(1, written(events, MALFORMED, "192.0.2.1", 1));
    clock.shift(Duration.ofSeconds(10));
    assertEquals(0, written(events, MALFORMED, "192.0.2.1", 1999));
    clock.shift(Duration.ofSeconds(49));
    events.reportEnded();
    assertEquals(List.of(), summaries, "the minute is not over");
    clock.shift(Duration.ofSeconds(1));
    events.reportEnded();
    Instant at = START.plusSeconds(10);
    assertEquals(List.of(new Summary(MALFORMED, "192.0.2.1", 1999, at, at)), summaries);
    assertTrue(events.tryAcquire(MALFORMED, "192.0.2.1"), "a new minute has a line of its own");
  }

  @Test
  void kindsAndSourcesAreIndependent() {
    EventThrottle events = events(1, 10);
    assertTrue(events.tryAcquire(MALFORMED, "192.0.2.1"), "first of its kind and source");
    assertTrue(events.tryAcquire(UNKNOWN, "192.0.2.1"), "first of another kind");
    assertTrue(events.tryAcquire(MALFORMED, "192.0.2.2"), "first of another source");
    assertFalse(events.tryAcquire(MALFORMED, "192.0.2.1"), "second of the same kind and source");
  }

  @Test
  void eventAfterTheMinuteReportsTheOldOneFirst() {
    EventThrottle events = events(1, 10);
    written(events, MALFORMED, "192.0.2.1", 3);
    clock.shift(EventThrottle.WINDOW);
    assertTrue(events.tryAcquire(MALFORMED, "192.0.2.1"), "first event of the next minute");
    assertEquals(List.of(2L), summaries.stream().map(Summary::count).toList());
  }

  @Test
  void linesUpToTheLimitAreWritten() {
    EventThrottle events = events(60, 10);
    assertEquals(60, written(events, MALFORMED, "a", 100));
    events.close();
    assertEquals(List.of(40L), summaries.stream().map(Summary::count).toList());
  }

  @Test
  void sourcesBeyondTheBoundAreCountedTogether() {
    EventThrottle events = events(1, 200);
    long written =
        IntStream.range(0, 2000).filter(i -> events.tryAcquire(MALFORMED, "source " + i)).count();
    assertEquals(200, written);
    assertEquals(1, written(events, UNKNOWN, "source 1999", 1), "other kinds have their own bound");
    events.close();
    Summary others = summaries.get(0);
    assertEquals(1, summaries.size(), summaries::toString);
    assertEquals(1800, others.count());
    assertTrue(others.source() == null, others::toString);
  }

  @Test
  void boundIsResetAfterAMinute() {
    EventThrottle events = events(1, 2);
    IntStream.range(0, 3).forEach(i -> events.tryAcquire(MALFORMED, "old " + i));
    clock.shift(EventThrottle.WINDOW);
    assertTrue(events.tryAcquire(MALFORMED, "new"), "first event of the next minute");
    events.reportEnded();
    assertEquals(
        1,
        summaries.stream().filter(summary -> summary.source() == null).count(),
        summaries::toString);
  }

  @Test
  void clockSetBackEndsAWindow() {
    EventThrottle events = events(1, 10);
    written(events, MALFORMED, "a", 2);
    clock.shift(Duration.ofDays(-1));
    assertTrue(events.tryAcquire(MALFORMED, "a"), "first event after the clock was set back");
    assertEquals(1, summaries.size());
  }

  @Test
  void noEventIsLost() {
    EventThrottle events = events(3, 7);
    long written = 0;
    for (int i = 0; i < 5000; i++) {
      written += events.tryAcquire(i % 3 == 0 ? MALFORMED : UNKNOWN, "s" + i % 11) ? 1 : 0;
      clock.shift(Duration.ofMillis(i % 97));
      if (i % 500 == 0) {
        events.reportEnded();
      }
    }
    events.close();
    long counted = summaries.stream().mapToLong(Summary::count).sum();
    assertEquals(5000, written + counted);
    assertTrue(
        summaries.stream().map(Summary::source).anyMatch(Objects::isNull), summaries.toString());
    events.close();
    assertEquals(counted, summaries.stream().mapToLong(Summary::count).sum(), "reported twice");
  }
}
