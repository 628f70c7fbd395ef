package io.accesstokens.app.command.connector;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestExecutorTest {

  private static final int SHORT = 2;
  private static final int MAX = 5;

  private final AtomicLong now = new AtomicLong(1_001);
  private final RequestExecutor executor =
      new RequestExecutor("test", Thread::new, SHORT, MAX, now::get);
  private final Semaphore mayEnd = new Semaphore(0);
  private final AtomicInteger started = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();

  @AfterEach
  void close() {
    mayEnd.release(1_000_000);
    executor.close();
  }

  @Test
  void onlyAFewShortTasksRunAtATime() {
    submit(4);
    await().until(() -> started.get() == SHORT);
    executor.findLongTasks();
    assertEquals(SHORT, executor.running(), "running tasks");
    mayEnd.release();
    await().until(() -> started.get() == 3 && ended.get() == 1);
    assertEquals(SHORT, executor.running(), "running tasks after the first end");
    mayEnd.release(3);
    await().until(() -> ended.get() == 4 && executor.running() == 0);
  }

  @Test
  void anotherTaskRunsForEachLongTask() {
    submit(4);
    await().until(() -> started.get() == SHORT);
    becomeLong();
    await().until(() -> started.get() == 4);
  }

  @Test
  void aLongTaskCountsOnce() {
    submit(6);
    await().until(() -> started.get() == SHORT);
    becomeLong();
    await().until(() -> started.get() == 4);
    executor.findLongTasks();
    assertEquals(4, executor.running(), "running tasks");
  }

  @Test
  void nextLongTaskIsExpectedAtItsTime() {
    submit(1);
    await().until(() -> started.get() == 1);
    now.addAndGet(300_000);
    submit(1);
    await().until(() -> started.get() == 2);
    assertEquals(700_000, executor.findLongTasks(), "nanoseconds until the first task is long");
    now.addAndGet(700_000);
    assertEquals(300_000, executor.findLongTasks(), "nanoseconds until the second task is long");
  }

  @Test
  void waitingTasksAndTheirAgeAreCounted() {
    submit(SHORT);
    await().until(() -> started.get() == SHORT);
    assertEquals(0, executor.waiting(), "waiting tasks");
    assertEquals(Duration.ZERO, executor.longestWait());
    submit(1);
    now.addAndGet(3_000_000);
    submit(1);
    assertEquals(2, executor.waiting(), "waiting tasks");
    assertEquals(Duration.ofMillis(3), executor.longestWait());
    mayEnd.release(4);
    await().until(() -> ended.get() == 4);
    assertEquals(0, executor.waiting(), "waiting tasks at the end");
  }

  @Test
  void idleThreadRunsFurtherTasksAndEndsAtTheClose() {
    Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    try (RequestExecutor reusing =
        new RequestExecutor(
            "reusing",
            task -> {
              Thread thread = new Thread(task);
              threads.add(thread);
              return thread;
            },
            SHORT,
            MAX,
            now::get)) {
      for (int i = 1; i <= 3; i++) {
        int runs = i;
        reusing.execute(ended::incrementAndGet);
        await()
            .until(
                () ->
                    ended.get() == runs
                        && threads.element().getState() == Thread.State.TIMED_WAITING);
      }
    }
    assertEquals(1, threads.size(), "threads");
    assertEquals(Thread.State.TERMINATED, threads.element().getState());
  }

  @Test
  void noMoreTasksRunThanAllowed() {
    submit(10);
    await()
        .until(
            () -> {
              becomeLong();
              return started.get() == MAX;
            });
    becomeLong();
    assertEquals(MAX, executor.running(), "running tasks");
    mayEnd.release();
    await().until(() -> started.get() == MAX + 1);
    assertEquals(MAX, executor.running(), "running tasks after the first end");
  }

  @Test
  void afterLongTasksOnlyAFewRunAgain() {
    submit(4);
    await().until(() -> started.get() == SHORT);
    becomeLong();
    await().until(() -> started.get() == 4);
    mayEnd.release(4);
    await().until(() -> executor.running() == 0);
    submit(4);
    await().until(() -> started.get() == 4 + SHORT);
    executor.findLongTasks();
    assertEquals(SHORT, executor.running(), "running tasks");
  }

  @Test
  void aTaskThatThrowsDoesNotBlockOthers() {
    AtomicInteger thrown = new AtomicInteger();
    for (int i = 0; i < 2 * MAX; i++) {
      executor.execute(
          () -> {
            thrown.incrementAndGet();
            Thread.currentThread().setUncaughtExceptionHandler((thread, expected) -> {});
            throw new IllegalStateException("expected by the test");
          });
    }
    submit(1);
    mayEnd.release();
    await().until(() -> ended.get() == 1 && executor.running() == 0);
    assertEquals(2 * MAX, thrown.get(), "tasks that threw");
  }

  @Test
  void tasksRunInTheOrderOfTheirArrival() {
    try (RequestExecutor single = new RequestExecutor("single", Thread::new, 1, 1, now::get)) {
      List<Integer> order = new ArrayList<>();
      CountDownLatch done = new CountDownLatch(100);
      for (int i = 0; i < 100; i++) {
        int number = i;
        single.execute(
            () -> {
              order.add(number);
              done.countDown();
            });
      }
      await().until(() -> done.getCount() == 0);
      assertEquals(order.stream().sorted().toList(), order, "order of the tasks");
    }
  }

  @Test
  void everyTaskRunsOnceHoweverManyThreadsSubmit() throws InterruptedException {
    int submitters = 4;
    int each = 50_000;
    try (RequestExecutor real = new RequestExecutor("real", MAX)) {
      AtomicInteger runs = new AtomicInteger();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < submitters; i++) {
        Thread thread =
            new Thread(
                () -> {
                  for (int j = 0; j < each; j++) {
                    real.execute(runs::incrementAndGet);
                  }
                });
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) {
        thread.join();
      }
      await().until(() -> runs.get() >= submitters * each && real.running() == 0);
      assertEquals(submitters * each, runs.get(), "runs");
    }
  }

  @Test
  void longTasksAreFoundWithoutAFurtherTask() {
    try (RequestExecutor real = new RequestExecutor("real", 64)) {
      CountDownLatch all = new CountDownLatch(64);
      for (int i = 0; i < 64; i++) {
        real.execute(
            () -> {
              all.countDown();
              await().until(() -> all.getCount() == 0);
            });
      }
      await().until(() -> all.getCount() == 0 && real.running() == 0);
    }
  }

  @Test
  void taskRunsLaterIfNoThreadCanBeStarted() {
    AtomicInteger failures = new AtomicInteger(2);
    try (RequestExecutor poor =
        new RequestExecutor(
            "poor",
            task -> {
              if (failures.getAndDecrement() > 0) {
                throw new OutOfMemoryError("expected by the test");
              }
              return new Thread(task);
            },
            SHORT,
            MAX,
            now::get)) {
      poor.execute(ended::incrementAndGet);
      assertEquals(0, poor.running(), "running tasks without a thread");
      assertThrows(OutOfMemoryError.class, poor::findLongTasks);
      poor.findLongTasks();
      await().until(() -> ended.get() == 1 && poor.running() == 0);
    }
  }

  @Test
  void closeInterruptsRunningTasksAndRefusesOthers() throws InterruptedException {
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch running = new CountDownLatch(1);
    executor.execute(
        () -> {
          running.countDown();
          try {
            mayEnd.acquire();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
        });
    assertTrue(running.await(1, TimeUnit.MINUTES), "the task did not start");
    executor.close();
    assertEquals(0, interrupted.getCount(), "the task was not interrupted before the end of close");
    assertThrows(RejectedExecutionException.class, () -> executor.execute(() -> {}));
  }

  private void becomeLong() {
    now.addAndGet(RequestExecutor.SHORT_NANOS);
    executor.findLongTasks();
  }

  private void submit(int tasks) {
    for (int i = 0; i < tasks; i++) {
      executor.execute(
          () -> {
            started.incrementAndGet();
            mayEnd.acquireUninterruptibly();
            ended.incrementAndGet();
          });
    }
  }
}
