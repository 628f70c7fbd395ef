package io.accesstokens.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Runs a task in several threads at the same time. */
public final class Parallel {

  private Parallel() {}

  /** A task that each thread runs once. */
  @FunctionalInterface
  public interface Task<T> {
    /**
     * Runs the task.
     *
     * @param index the number of the thread, from 0
     */
    T call(int index) throws Exception;
  }

  /**
   * Runs a task in this number of threads. Releases all threads at the same moment, and waits up to
   * two minutes for each result.
   *
   * @return the results, in the order of the thread numbers
   */
  public static <T> List<T> run(int threads, Task<T> task) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      CountDownLatch ready = new CountDownLatch(threads);
      List<Future<T>> futures = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int index = i;
        futures.add(
            executor.submit(
                () -> {
                  ready.countDown();
                  ready.await();
                  return task.call(index);
                }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get(2, TimeUnit.MINUTES));
      }
      return results;
    } finally {
      executor.shutdownNow();
    }
  }
}
