package io.accesstokens.notice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryScheduleTest {

  private static final Duration NONE = Duration.ZERO;

  /** The column "Time since start" of the table in the Standard Webhooks specification. */
  @Test
  void delaysAreThoseOfTheSpecification() {
    String[] sinceStart = {
      "PT5S",
      "PT5M5S",
      "PT35M5S",
      "PT2H35M5S",
      "PT7H35M5S",
      "PT17H35M5S",
      "PT31H35M5S",
      "PT51H35M5S",
      "PT75H35M5S"
    };
    Duration sum = Duration.ZERO;
    for (int i = 0; i < sinceStart.length; i++) {
      sum = sum.plus(RetrySchedule.DELAYS.get(i));
      assertEquals(Duration.parse(sinceStart[i]), sum, "attempt " + (i + 2));
    }
    assertEquals(sinceStart.length, RetrySchedule.DELAYS.size());
  }

  @Test
  void delayIsExtendedByAtMostATenth() {
    Random random = new Random(1);
    for (int attempts = 1; attempts <= 9; attempts++) {
      long delay = RetrySchedule.DELAYS.get(attempts - 1).toMillis();
      long next = RetrySchedule.next(attempts, NONE, random).orElseThrow().toMillis();
      assertTrue(next >= delay && next <= delay * 1.1, delay + " was extended to " + next);
    }
    assertEquals(Optional.empty(), RetrySchedule.next(10, NONE, random));
  }

  @Test
  void requestedPauseIsRespectedUpToADay() {
    Random random = new Random(1);
    assertEquals(
        Optional.of(Duration.ofMinutes(2)), RetrySchedule.next(1, Duration.ofMinutes(2), random));
    assertEquals(
        Optional.of(Duration.ofDays(1)), RetrySchedule.next(1, Duration.ofDays(30), random));
    assertTrue(
        RetrySchedule.next(2, Duration.ofSeconds(1), random).orElseThrow().toMinutes() >= 5,
        "a short pause does not shorten the delay");
  }
}
