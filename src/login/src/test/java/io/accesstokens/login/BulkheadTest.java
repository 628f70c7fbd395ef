package io.accesstokens.login;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BulkheadTest {

  private static final Duration LONG = Duration.ofMinutes(5);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Semaphore pace = new Semaphore(0);
  private final ConcurrentLinkedQueue<String> started = new ConcurrentLinkedQueue<>();
  private final AtomicInteger rejected = new AtomicInteger();

  @AfterEach
  void stop() throws InterruptedException {
    pace.release(1_000_000);
    threads.shutdownNow();
    assertTrue(threads.awaitTermination(60, SECONDS), "the threads end");
  }

  private Future<String> submit(Bulkhead bulkhead, String source) {
    return threads.submit(
        () -> {
          try {
            return bulkhead.run(
                source,
                () -> {
                  started.add(source);
                  pace.acquireUninterruptibly();
                  return source;
                });
          } catch (SignInUnavailableException e) {
            rejected.incrementAndGet();
            throw e;
          }
        });
  }

  /**
   * Starts a task. Waits until the task runs, waits or is rejected, so that the order of the tasks
   * is certain.
   */
  private Future<String> submitted(Bulkhead bulkhead, String source) {
    int before = bulkhead.waiting() + started.size() + rejected.get();
    Future<String> future = submit(bulkhead, source);
    await()
        .pollInterval(Duration.ofMillis(1))
        .until(() -> bulkhead.waiting() + started.size() + rejected.get() > before);
    return future;
  }

  private static void assertUnavailable(Future<String> future) {
    ExecutionException e = assertThrows(ExecutionException.class, () -> future.get(60, SECONDS));
    assertInstanceOf(SignInUnavailableException.class, e.getCause());
  }

  @Test
  void sourcesAreServedRoundRobin() throws Exception {
    Bulkhead bulkhead = new Bulkhead(1, 10, LONG);
    List<Future<String>> all = new ArrayList<>();
    for (String source : List.of("a", "a", "a", "a", "b", "b", "c")) {
      all.add(submitted(bulkhead, source));
    }
    pace.release(1_000);
    for (Future<String> future : all) {
      future.get(60, SECONDS);
    }
    assertEquals(List.of("a", "a", "b", "c", "a", "b", "a"), List.copyOf(started));
  }

  @Test
  void floodOfOneSourceDelaysAnotherByTwoTasks() throws Exception {
    Bulkhead bulkhead = new Bulkhead(1, 16, LONG);
    List<Future<String>> flood = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      flood.add(submit(bulkhead, "flood"));
    }
    await().until(() -> rejected.get() == 200 - 17);
    Future<String> other = submit(bulkhead, "other");
    await().until(() -> rejected.get() == 200 - 16); // a task of the flood was displaced
    pace.release(2);
    await().until(() -> started.contains("other"));
    assertEquals(List.of("flood", "flood", "other"), List.copyOf(started));
    pace.release(1);
    assertEquals("other", other.get(60, SECONDS));
    pace.release(1_000);
    await().until(() -> flood.stream().allMatch(Future::isDone));
    assertEquals(16 + 1, started.size(), started::toString);
  }

  @Test
  void fullQueueOfEqualSourcesRejectsTheNewest() {
    Bulkhead bulkhead = new Bulkhead(1, 2, LONG);
    List<Future<String>> accepted = new ArrayList<>();
    for (String source : List.of("a", "a", "b")) {
      accepted.add(submitted(bulkhead, source));
    }
    assertUnavailable(submitted(bulkhead, "c"));
    assertUnavailable(submitted(bulkhead, "a"));
    assertEquals(2, bulkhead.waiting());
    assertTrue(accepted.stream().noneMatch(Future::isDone), "an accepted thread was rejected");
  }

  @Test
  void waitingEndsWithTheTimeout() throws Exception {
    Bulkhead bulkhead = new Bulkhead(1, 2, Duration.ofMillis(50));
    Future<String> first = submitted(bulkhead, "a");
    assertUnavailable(submit(bulkhead, "a"));
    assertUnavailable(submit(bulkhead, "b"));
    assertEquals(0, bulkhead.waiting());
    pace.release(1_000);
    first.get(60, SECONDS);
    assertEquals("b", submit(bulkhead, "b").get(60, SECONDS));
  }

  @Test
  void interruptedAndFailedWorkReleaseTheirSlot() throws Exception {
    Bulkhead bulkhead = new Bulkhead(1, 2, LONG);
    Future<String> first = submitted(bulkhead, "a");
    Future<String> interrupted = submitted(bulkhead, "b");
    interrupted.cancel(true);
    await().until(() -> bulkhead.waiting() == 0);
    pace.release(1_000);
    first.get(60, SECONDS);
    assertThrows(
        IllegalStateException.class,
        () ->
            bulkhead.run(
                "a",
                () -> {
                  throw new IllegalStateException("failed");
                }));
    assertEquals("b", submit(bulkhead, "b").get(60, SECONDS));
  }

  @Test
  void concurrencyIsBoundedAndNoTaskIsLost() throws Exception {
    Bulkhead bulkhead = new Bulkhead(3, 400, LONG);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Future<Integer>> all = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      String source = "source" + i % 7;
      all.add(
          threads.submit(
              () ->
                  bulkhead.run(
                      source,
                      () -> {
                        most.accumulateAndGet(running.incrementAndGet(), Math::max);
                        Thread.onSpinWait();
                        running.decrementAndGet();
                        return 1;
                      })));
    }
    int done = 0;
    for (Future<Integer> future : all) {
      done += future.get(60, SECONDS);
    }
    assertEquals(400, done);
    assertTrue(most.get() <= 3, () -> most + " ran at a time");
    assertEquals(0, bulkhead.waiting());
  }
}
