package io.accesstokens.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Tests that stops of the machine are noticed, and that they excuse only what they can affect. */
class MachineStopsTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final AtomicLong time = new AtomicLong(100 * SECOND);
  private final MachineStops stops = new MachineStops(time::get);
  private final Condition condition = new Condition(stops);

  private void pass(long nanos) {
    time.addAndGet(nanos);
  }

  private void stopForTenSeconds() {
    pass(10 * SECOND); // from 100 s to 110 s
    stops.tick();
  }

  @Test
  void shortPauseIsNoStop() {
    pass(SECOND);
    stops.tick();
    assertFalse(stops.anyBetween(0, time.get()), "a stop of one second");
    assertEquals(SECOND, stops.nanosSince(100 * SECOND));
  }

  @Test
  void stopIsFoundBetweenTimesThatItOverlaps() {
    stopForTenSeconds();
    assertTrue(stops.anyBetween(99 * SECOND, 100 * SECOND), "until its beginning");
    assertTrue(stops.anyBetween(104 * SECOND, 105 * SECOND), "during the stop");
    assertTrue(stops.anyBetween(110 * SECOND, 111 * SECOND), "from its end");
    assertFalse(stops.anyBetween(98 * SECOND, 99 * SECOND), "before");
    assertFalse(stops.anyBetween(111 * SECOND, 112 * SECOND), "after");
  }

  /** A thread can resume before the thread that ticks. */
  @Test
  void stopThatHasJustEndedIsFound() {
    pass(10 * SECOND);
    assertTrue(stops.anyBetween(99 * SECOND, time.get()), "before the tick");
    assertFalse(stops.anyBetween(98 * SECOND, 99 * SECOND), "a time before the stop");
    assertEquals(0, stops.nanosSince(99 * SECOND));
  }

  @Test
  void timeIsMeasuredFromTheEndOfTheLatestStop() {
    stopForTenSeconds();
    pass(SECOND / 2);
    assertEquals(SECOND / 2, stops.nanosSince(99 * SECOND));
    assertEquals(SECOND / 4, stops.nanosSince(110 * SECOND + SECOND / 4));
  }

  @Test
  void replicaIsDisturbedUntilItCanHaveRecovered() {
    int mark = condition.now();
    stopForTenSeconds();
    assertFalse(condition.undisturbedSince(mark, 99 * SECOND), "during the stop");
    assertTrue(condition.undisturbedBetween(98 * SECOND, 99 * SECOND), "before the stop");
    assertFalse(condition.undisturbedBetween(119 * SECOND, 119 * SECOND), "after 9 s");
    assertTrue(condition.undisturbedBetween(121 * SECOND, 122 * SECOND), "after 11 s");
  }
}
