package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests the remaining time of a lease. */
class LeaseTest {

  private static final Duration LENGTH = Duration.ofMillis(500);

  private volatile Duration time = Duration.ofHours(1);
  private final MachineClock clock =
      new MachineClock() {
        @Override
        public long monotonicNanos() {
          return time.toNanos();
        }

        @Override
        public long wallMillis() {
          duringCheck.run();
          return time.toMillis();
        }

        @Override
        public <T> @Nullable T await(CompletableFuture<T> result, Duration timeout) {
          time = time.plus(timeout);
          duringWait.run();
          return result.getNow(null);
        }
      };

  /** Runs at each read of the wall clock. */
  private Runnable duringCheck = () -> {};

  /** Runs at the end of each wait for a read. */
  private Runnable duringWait = () -> {};

  @Test
  void remainingTimeCountsFromTheStartOfTheRead() {
    Lease lease = new Lease(Lease.Durations.of(LENGTH, Duration.ZERO), clock);
    assertEquals(Optional.of(Duration.ZERO), lease.remaining(), "before a grant");
    Lease.Poll poll = lease.begin();
    time = time.plusMillis(100);
    poll.grant(LENGTH, Instant.EPOCH);
    assertEquals(Optional.of(Duration.ofMillis(400)), lease.remaining());
    time = time.plusMillis(399);
    assertEquals(Optional.of(Duration.ofMillis(1)), lease.remaining());
    time = time.plusMillis(1);
    assertEquals(Optional.of(Duration.ZERO), lease.remaining(), "after the end");
  }

  @Test
  void remainingTimeIsNotNegativeDuringARenewal() {
    Lease lease = new Lease(Lease.Durations.of(LENGTH, Duration.ZERO), clock);
    lease.begin().grant(LENGTH, Instant.EPOCH);
    time = time.plusSeconds(1);
    duringCheck =
        () -> {
          duringCheck = () -> {};
          lease.begin().grant(LENGTH, Instant.EPOCH);
        };
    assertEquals(Optional.of(Duration.ZERO), lease.remaining(), "before the renewal");
    assertEquals(Optional.of(LENGTH), lease.remaining(), "after the renewal");
  }

  @Test
  void changesAreFinalAfterLengthMarginAndOutage() {
    Lease.Durations durations =
        new Lease.Durations(LENGTH, Duration.ofMillis(25), Duration.ofSeconds(30));
    assertEquals(Duration.ofMillis(30_525), durations.untilFinal());
    assertEquals(Duration.ofMillis(525), durations.untilFinalRemotely());
  }

  /** A store keeps milliseconds. A process compares its durations with those of the store. */
  @Test
  void marginHasWholeMilliseconds() {
    for (int millis = 100; millis <= 60_000; millis++) {
      Duration length = Duration.ofMillis(millis);
      Duration margin = Lease.Durations.of(length, Duration.ZERO).margin();
      assertEquals(Duration.ofMillis(margin.toMillis()), margin, length.toString());
      assertTrue(margin.multipliedBy(20).compareTo(length) >= 0, length.toString());
      assertTrue(margin.toMillis() >= 25, length.toString());
    }
  }

  /** After the end of a lease, the cached facts can be of a store that lacks the last changes. */
  @Test
  void endedLeaseIsNotExtendedInAnOutage() {
    Lease lease = outageLease();
    lease.begin().deny(true);
    assertTrue(lease.isValidInOutage(), "before the end");
    lease.end();
    assertFalse(lease.isValidInOutage(), "after the end");
  }

  @Test
  void waitForAReadEndsWhenTheStoreDoesNotRespond() {
    Lease lease = outageLease();
    time = time.plus(LENGTH);
    Duration start = time;
    lease.begin();
    assertFalse(lease.awaitNextOrOutage(Duration.ofSeconds(3)));
    assertEquals(Duration.ofMillis(500), time.minus(start));
    assertFalse(lease.awaitNextOrOutage(Duration.ofSeconds(3)));
    assertEquals(Duration.ofMillis(500), time.minus(start), "no wait during an outage");
  }

  /** Each read begins during a wait, so that no read is ever late. */
  @Test
  void waitForASlowStoreLastsUntilTheLeaseIsGranted() {
    Lease lease = outageLease();
    time = time.plus(LENGTH);
    Deque<Runnable> waits = new ArrayDeque<>();
    Lease.Poll[] read = new Lease.Poll[1];
    waits.add(() -> read[0] = lease.begin());
    waits.add(() -> read[0].grant(LENGTH.multipliedBy(2), Instant.EPOCH));
    duringWait = () -> waits.remove().run();
    assertTrue(lease.awaitNextOrOutage(Duration.ofSeconds(3)));
    assertEquals(List.of(), List.copyOf(waits));
  }

  /** Returns a lease of {@link #LENGTH} that lasts an hour longer in an outage. */
  private Lease outageLease() {
    Lease lease = new Lease(Lease.Durations.of(LENGTH, Duration.ofHours(1)), clock);
    lease.begin().grant(LENGTH, Instant.EPOCH);
    return lease;
  }

  @Test
  void unlimitedLeaseHasNoEnd() {
    assertEquals(Optional.empty(), Lease.unlimited(clock).remaining());
  }
}
