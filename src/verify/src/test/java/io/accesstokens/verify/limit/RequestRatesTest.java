package io.accesstokens.verify.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.Parallel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RequestRatesTest {

  private static final UUID TOKEN = new UUID(0, 1);

  private final AtomicLong nanos = new AtomicLong(Duration.ofDays(1).toNanos());
  private final RequestRates rates = new RequestRates(nanos::get);

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void requestsUpToTheMaximumAreCounted() {
    for (int i = 0; i < 5; i++) {
      assertEquals(0, rates.tryAcquire(TOKEN, 5));
    }
    assertEquals(60, rates.tryAcquire(TOKEN, 5));
    assertEquals(0, rates.tryAcquire(new UUID(0, 2), 5), "another token");
  }

  @Test
  void clientThatWaitsAsLongAsReportedIsServed() {
    for (int i = 0; i < 3; i++) {
      assertEquals(0, rates.tryAcquire(TOKEN, 3));
      pass(Duration.ofSeconds(10));
    }
    int wait = rates.tryAcquire(TOKEN, 3);
    assertEquals(30, wait);
    pass(Duration.ofSeconds(wait).minusNanos(1));
    assertTrue(rates.tryAcquire(TOKEN, 3) > 0, "served too early");
    pass(Duration.ofNanos(1));
    assertEquals(0, rates.tryAcquire(TOKEN, 3));
    assertEquals(10, rates.tryAcquire(TOKEN, 3));
  }

  /** With one counter for each minute, a client could send twice the maximum at its boundary. */
  @Test
  void noMinuteHasMoreThanTheMaximum() {
    SplittableRandom random = new SplittableRandom(7);
    List<Long> accepted = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      pass(Duration.ofMillis(random.nextInt(100)));
      if (rates.tryAcquire(TOKEN, 50) == 0) {
        accepted.add(nanos.get());
      }
    }
    long minute = Duration.ofSeconds(59).toNanos();
    for (int i = 50; i < accepted.size(); i++) {
      long took = accepted.get(i) - accepted.get(i - 50);
      assertTrue(took >= minute, "51 requests within " + Duration.ofNanos(took));
    }
    long elapsed =
        Duration.ofNanos(accepted.get(accepted.size() - 1) - accepted.get(0)).toMinutes();
    assertTrue(accepted.size() >= 50 * elapsed, accepted.size() + " in " + elapsed + " minutes");
  }

  @Test
  void changedMaximumIsInEffectAtOnce() {
    for (int i = 0; i < 10; i++) {
      rates.tryAcquire(TOKEN, 10);
    }
    assertEquals(60, rates.tryAcquire(TOKEN, 2));
    assertEquals(0, rates.tryAcquire(TOKEN, 11));
  }

  @Test
  void longPauseForgetsAllRequests() {
    for (int i = 0; i < 3; i++) {
      rates.tryAcquire(TOKEN, 3);
    }
    pass(Duration.ofDays(30));
    for (int i = 0; i < 3; i++) {
      assertEquals(0, rates.tryAcquire(TOKEN, 3));
    }
    assertEquals(60, rates.tryAcquire(TOKEN, 3));
  }

  @Test
  void clockThatIsReadLateIsHarmless() {
    rates.tryAcquire(TOKEN, 3);
    pass(Duration.ofSeconds(-5));
    assertEquals(0, rates.tryAcquire(TOKEN, 3));
    assertEquals(0, rates.tryAcquire(TOKEN, 3));
    assertEquals(60, rates.tryAcquire(TOKEN, 3));
  }

  @Test
  void parallelRequestsAreCountedExactly() throws Exception {
    List<Integer> counted =
        Parallel.run(
            8,
            thread -> {
              int own = 0;
              for (int i = 0; i < 10_000; i++) {
                own += rates.tryAcquire(TOKEN, 1_000) == 0 ? 1 : 0;
              }
              return own;
            });
    assertEquals(1_000, counted.stream().mapToInt(Integer::intValue).sum());
  }
}
