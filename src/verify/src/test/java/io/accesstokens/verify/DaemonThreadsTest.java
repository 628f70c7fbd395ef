package io.accesstokens.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.testing.RecordedLog;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class DaemonThreadsTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private final DaemonThreads threads = new DaemonThreads("access-tokens-test");
  private final Queue<Thread> seen = new ConcurrentLinkedQueue<>();

  @Test
  void noThreadIsAliveAfterItsExecutorEnded() {
    // The time between the end of an executor and the end of its threads is short, so this repeats.
    for (int round = 0; round < 500; round++) {
      ExecutorService executor = Executors.newFixedThreadPool(2, threads);
      executor.execute(() -> seen.add(Thread.currentThread()));
      executor.execute(() -> seen.add(Thread.currentThread()));
      assertTrue(threads.shutDown(executor, LONG), "round " + round);
      assertEquals(List.of(), seen.stream().filter(Thread::isAlive).toList());
      seen.clear();
    }
  }

  /** For example, the logger to which the task reports its own exceptions has no disk space. */
  @Test
  void repeatableTaskRunsAgainAfterAnError() throws Exception {
    ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(threads);
    CountDownLatch runs = new CountDownLatch(3);
    var unused =
        executor.scheduleWithFixedDelay(
            DaemonThreads.repeatable(
                () -> {
                  runs.countDown();
                  throw new OutOfMemoryError("of the test");
                }),
            0,
            1,
            TimeUnit.MILLISECONDS);
    assertTrue(runs.await(1, TimeUnit.MINUTES), "the task ran only once");
    threads.shutDown(executor, LONG);
  }

  @Test
  void outagesAndDefectsAreLoggedWithTheNameOfTheWork() {
    Queue<Runnable> runs = new ConcurrentLinkedQueue<>();
    try (RecordedLog log = new RecordedLog(DaemonThreadsTest.class)) {
      Runnable task =
          DaemonThreads.repeatable(
              () -> runs.remove().run(),
              System.getLogger(DaemonThreadsTest.class.getName()),
              "the work",
              "and is tried again");
      Runnable down = () -> fail("the database is unreachable");
      Runnable defect =
          () -> {
            throw new IllegalStateException("a defect");
          };
      runs.addAll(List.of(() -> {}, down, down, () -> {}, () -> {}, defect, defect));
      while (!runs.isEmpty()) {
        task.run();
      }
      assertEquals(
          List.of(
              "WARNING the work waits for the database: the database is unreachable",
              "INFO recovered: the work",
              "SEVERE the work failed, and is tried again"),
          log.lines());
    }
  }

  @Test
  void outageIsLoggedAfterTheLoggerHasFailed() {
    try (RecordedLog log = new RecordedLog(DaemonThreadsTest.class)) {
      Runnable task =
          DaemonThreads.repeatable(
              () -> fail("the database is unreachable"),
              System.getLogger(DaemonThreadsTest.class.getName()),
              "the work",
              "and is tried again");
      log.failOnce();
      task.run();
      assertEquals(List.of(), log.lines());
      task.run();
      assertEquals(1, log.lines().size(), "lines after the logger works again");
    }
  }

  private static void fail(String reason) {
    throw new VerificationUnavailableException(reason);
  }

  @Test
  void longWorkCanEndBeforeItIsInterrupted() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    ExecutorService executor = Executors.newSingleThreadExecutor(threads);
    executor.execute(
        () -> {
          while (!DaemonThreads.isStopping()) {
            begun.countDown();
          }
          interrupted.set(Thread.currentThread().isInterrupted());
        });
    begun.await();
    assertTrue(threads.shutDown(executor, LONG), "the executor has not ended");
    assertFalse(interrupted.get(), "the work was interrupted");
    assertFalse(DaemonThreads.isStopping(), "the thread that shuts down the executor");
  }

  @Test
  void slowTaskIsInterrupted() {
    ExecutorService executor = Executors.newSingleThreadExecutor(threads);
    executor.execute(
        () -> {
          try {
            TimeUnit.MINUTES.sleep(1);
          } catch (InterruptedException e) {
            seen.add(Thread.currentThread());
          }
        });
    assertTrue(threads.shutDown(executor, Duration.ofMillis(20)), "the executor has not ended");
    assertEquals(1, seen.size(), "interrupted threads");
    assertEquals(List.of(), seen.stream().filter(Thread::isAlive).toList());
  }

  @Test
  void uninterruptibleTaskIsReported() {
    CountDownLatch released = new CountDownLatch(1);
    ExecutorService executor = Executors.newSingleThreadExecutor(threads);
    executor.execute(
        () -> {
          while (released.getCount() > 0) {
            Thread.onSpinWait();
          }
        });
    assertFalse(
        threads.shutDown(executor, Duration.ofMillis(20)), "a running task is not reported");
    released.countDown();
    assertTrue(threads.shutDown(executor, LONG), "the executor has not ended");
  }
}
