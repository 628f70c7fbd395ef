package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
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
          return time.toMillis();
        }
      };

  @Test
  void remainingTimeCountsFromTheStartOfTheRead() {
    Lease lease = new Lease(Lease.Durations.of(LENGTH, Duration.ZERO), clock);
    assertEquals(Optional.of(Duration.ZERO), lease.remaining(), "before a grant");
    Lease.Poll poll = lease.begin();
    time = time.plusMillis(100);
    poll.granted(LENGTH, Instant.EPOCH);
    assertEquals(Optional.of(Duration.ofMillis(400)), lease.remaining());
    time = time.plusMillis(399);
    assertEquals(Optional.of(Duration.ofMillis(1)), lease.remaining());
    time = time.plusMillis(1);
    assertEquals(Optional.of(Duration.ZERO), lease.remaining(), "after the end");
  }

  @Test
  void unlimitedLeaseHasNoEnd() {
    assertEquals(Optional.empty(), Lease.unlimited(clock).remaining());
  }
}
