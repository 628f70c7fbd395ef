package io.accesstokens.app.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.MockClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MeterClockTest {

  private final MockClock exact = new MockClock();
  private final MeterClock clock = new MeterClock(exact);

  @Test
  void monotonicTimeIsExact() {
    exact.add(Duration.ofNanos(7));
    assertEquals(exact.monotonicTime(), clock.monotonicTime());
  }

  @Test
  void readingOfTheMonotonicClockRefreshesTheWallClockOnceASecond() {
    long start = exact.wallTime();
    exact.add(Duration.ofMillis(999));
    clock.monotonicTime();
    assertEquals(start, clock.wallTime());
    exact.add(Duration.ofMillis(1));
    clock.monotonicTime();
    assertEquals(start + 1_000, clock.wallTime());
    exact.add(Duration.ofHours(1));
    assertEquals(start + 1_000, clock.wallTime());
    clock.monotonicTime();
    assertEquals(exact.wallTime(), clock.wallTime());
  }
}
