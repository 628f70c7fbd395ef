package io.accesstokens.notice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.TimeLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DutyCycleTest {

  @Test
  void jobWorksATenthOfTheTime() {
    assertEquals(Duration.ofMillis(90), DutyCycle.TENTH.pauseAfter(Duration.ofMillis(10)));
  }

  @Test
  void pauseAfterASlowStepIsLimited() {
    assertEquals(Duration.ofSeconds(1), DutyCycle.TENTH.pauseAfter(Duration.ofMinutes(1)));
  }

  @Test
  void continuousJobDoesNotPause() {
    assertEquals(Duration.ZERO, DutyCycle.CONTINUOUS.pauseAfter(Duration.ofMinutes(1)));
  }

  @Test
  void interruptEndsThePauseAndIsKept() {
    Thread.currentThread().interrupt();
    DutyCycle.TENTH.pauseAfter(System.nanoTime() - Duration.ofMinutes(1).toNanos());
    assertTrue(Thread.interrupted(), "the interrupt is lost");
  }

  @Test
  void interruptEndsThePauseAfterAFailure() {
    boolean interrupted =
        TimeLimits.within(
            Duration.ofSeconds(1),
            () -> {
              Thread.currentThread().interrupt();
              DutyCycle.TENTH.pauseAfterFailure();
              return Thread.interrupted();
            });
    assertTrue(interrupted, "the interrupt is lost");
  }
}
