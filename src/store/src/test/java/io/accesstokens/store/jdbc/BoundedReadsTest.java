package io.accesstokens.store.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.testing.TimeLimits;
import io.accesstokens.token.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BoundedReadsTest {

  private static final int READS = 2;
  private static final int MAX_WAITING = 32;

  private final BoundedReads reads = new BoundedReads("reads", READS, Duration.ofMinutes(2));
  private final ExecutorService callers = Executors.newCachedThreadPool();
  private final CountDownLatch slow = new CountDownLatch(1);
  private final AtomicInteger now = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  @AfterEach
  void stop() {
    callers.shutdownNow();
  }

  private int read() {
    return reads.read(
        () -> {
          most.accumulateAndGet(now.incrementAndGet(), Math::max);
          Awaitility.await().until(() -> slow.getCount() == 0);
          now.decrementAndGet();
          return 1;
        });
  }

  @Test
  void callersBeyondTheBoundWaitAndBeyondTheQueueFailAtOnce() throws Exception {
    List<Future<Integer>> all = new ArrayList<>();
    for (int i = 0; i < READS + MAX_WAITING; i++) {
      all.add(callers.submit(this::read));
    }
    Awaitility.await().until(() -> reads.waiting() == MAX_WAITING);
    TimeLimits.within(
        Duration.ofSeconds(10),
        () -> assertThrows(StoreUnavailableException.class, () -> reads.read(() -> 1)));
    slow.countDown();
    int done = 0;
    for (Future<Integer> each : all) {
      done += each.get(60, TimeUnit.SECONDS);
    }
    assertEquals(READS + MAX_WAITING, done);
    assertEquals(READS, most.get());
    assertEquals(1, reads.read(() -> 1), "permits are given back");
  }

  @Test
  void failedReadReleasesItsPermit() {
    for (int i = 0; i < 2 * READS; i++) {
      assertThrows(
          IllegalStateException.class,
          () ->
              reads.read(
                  () -> {
                    throw new IllegalStateException();
                  }));
    }
    assertEquals(1, reads.read(() -> 1));
  }
}
