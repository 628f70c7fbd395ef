package io.accesstokens.verify.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.testing.RecordedLog;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutageLogTest {

  private static final String DOWN = "WARNING down";
  private static final String UP = "INFO up";

  private final AtomicLong nanoTime = new AtomicLong(-1);
  private final RecordedLog log = new RecordedLog(OutageLogTest.class);
  private final OutageLog outages =
      new OutageLog(System.getLogger(OutageLogTest.class.getName()), nanoTime::get);

  @AfterEach
  void close() {
    log.close();
  }

  private void down() {
    outages.reportFailure(Level.WARNING, "down");
  }

  private void up() {
    outages.reportSuccess("up");
  }

  private void pass(Duration time) {
    nanoTime.addAndGet(time.toNanos());
  }

  @Test
  void longOutageIsLoggedOnceAMinuteAndItsEndOnce() {
    up();
    down();
    down();
    pass(Duration.ofMinutes(1));
    down();
    down();
    up();
    up();
    assertEquals(List.of(DOWN, DOWN, UP), log.lines());
  }

  @Test
  void alternatingFailuresAndSuccessesAreLoggedFiveTimesAMinute() {
    alternate(20);
    assertEquals(5, count(UP));
    assertEquals(6, count(DOWN));
    assertEquals(DOWN, log.lines().get(10), "the last line, because the next failure follows");
    pass(Duration.ofMinutes(1));
    alternate(20);
    assertEquals(10, count(UP));
    assertEquals(12, count(DOWN));
  }

  @Test
  void successAfterTenSecondsWithoutFailuresIsLogged() {
    alternate(20);
    pass(Duration.ofSeconds(9));
    up();
    assertEquals(5, count(UP));
    pass(Duration.ofSeconds(1));
    up();
    up();
    assertEquals(6, count(UP));
    assertEquals(UP, log.lines().get(11));
  }

  private void alternate(int times) {
    for (int i = 0; i < times; i++) {
      down();
      up();
    }
  }

  private long count(String line) {
    return log.lines().stream().filter(line::equals).count();
  }

  @Test
  void differentFailuresAreLoggedAtOnce() {
    down();
    outages.reportFailure(Level.ERROR, "a defect", new IllegalStateException("first"));
    outages.reportFailure(Level.ERROR, "a defect", new IllegalStateException("second"));
    outages.reportFailure(Level.ERROR, "a defect", new IllegalStateException("first"));
    down();
    assertEquals(List.of(DOWN, "SEVERE a defect", "SEVERE a defect"), log.lines());
  }

  @Test
  void atMostTenDifferentFailuresAMinuteAreLogged() {
    for (int i = 0; i < 20; i++) {
      outages.reportFailure(Level.WARNING, "failure " + i);
    }
    assertEquals(10, log.lines().size());
    pass(Duration.ofMinutes(1));
    down();
    assertEquals(DOWN, log.lines().get(10));
  }

  @Test
  void failureIsLoggedAfterTheLoggerHasFailed() {
    log.failOnce();
    assertThrows(RuntimeException.class, this::down);
    down();
    assertEquals(List.of(DOWN), log.lines());
  }
}
