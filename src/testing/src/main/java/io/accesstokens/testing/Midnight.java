package io.accesstokens.testing;

import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.awaitility.Awaitility;

/** Prevents tests that depend on the current day from running across midnight. */
public final class Midnight {

  private Midnight() {}

  /**
   * Waits for the next day if the current day ends before the test can finish.
   *
   * @param duration the maximum duration of the test
   */
  public static void avoid(ZoneId zone, Duration duration) {
    ZonedDateTime start = ZonedDateTime.now(zone);
    ZonedDateTime midnight = start.toLocalDate().plusDays(1).atStartOfDay(zone);
    if (Duration.between(start, midnight).compareTo(duration) < 0) {
      Awaitility.await("the next day")
          .atMost(duration.multipliedBy(2))
          .until(() -> ZonedDateTime.now(zone).isAfter(midnight));
    }
  }
}
