package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A store that is slow, and more unknown tokens than it can answer for. */
class OutlastUnknownTokensTest {

  private static final int READS = 2;
  private static final int WAITING = READS * 8;

  private final CountDownLatch slow = new CountDownLatch(1);
  private final AtomicInteger begun = new AtomicInteger();
  private final CachedTokenCheck check =
      new CachedTokenCheck(
          this::find,
          Lease.unlimited(MachineClock.SYSTEM),
          MachineClock.SYSTEM,
          new CachedTokenCheck.Limits(Duration.ofMinutes(1), 1000, READS));
  private final ExecutorService callers = Executors.newCachedThreadPool();

  private Optional<TokenFacts> find(RawToken token) {
    begun.incrementAndGet();
    try {
      assertTrue(slow.await(1, TimeUnit.MINUTES));
    } catch (InterruptedException e) {
      throw new VerificationUnavailable("interrupted", e);
    }
    return Optional.empty();
  }

  private static RawToken unknown() {
    return RawTokenFormat.DEFAULT.mint(RawToken.Kind.SERVICE, RandomGenerator.getDefault());
  }

  @AfterEach
  void end() {
    slow.countDown();
    callers.shutdownNow();
  }

  @Test
  void thoseBeyondTheBoundAreToldAtOnceAndTheOthersAreAnswered() throws Exception {
    List<Future<Verification>> waiting = new ArrayList<>();
    for (int i = 0; i < READS; i++) {
      waiting.add(callers.submit(() -> check.check(unknown())));
    }
    Awaitility.await().until(() -> begun.get() == READS);
    AtomicInteger asked = new AtomicInteger();
    for (int i = 0; i < WAITING; i++) {
      waiting.add(
          callers.submit(
              () -> {
                asked.incrementAndGet();
                return check.check(unknown());
              }));
    }
    Awaitility.await().until(() -> asked.get() == WAITING);
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () ->
            // Those who have asked may not have queued yet: soon they have.
            Awaitility.await()
                .untilAsserted(
                    () -> {
                      long from = System.nanoTime();
                      assertThrows(VerificationUnavailable.class, () -> check.check(unknown()));
                      assertTrue(System.nanoTime() - from < Duration.ofSeconds(2).toNanos());
                    }));
    slow.countDown();
    int refused = 0;
    for (Future<Verification> each : waiting) {
      if (each.get(10, TimeUnit.SECONDS) instanceof Verification.Refused) {
        refused++;
      }
    }
    assertEquals(READS + WAITING, refused);
  }
}
