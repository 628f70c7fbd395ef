package io.accesstokens.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Runs calls at the same moment. */
public final class ConcurrentCalls {

  private ConcurrentCalls() {}

  /**
   * Runs each call in a separate thread. All calls start together. Returns the results in the order
   * of the calls. If a call throws an exception, the exception is its result.
   */
  public static List<Object> run(int times, IntFunction<Callable<?>> calls) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(times);
    try {
      CyclicBarrier start = new CyclicBarrier(times);
      List<Future<Object>> futures = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        Callable<?> call = calls.apply(i);
        futures.add(
            threads.submit(
                () -> {
                  start.await();
                  return call.call();
                }));
      }
      List<Object> results = new ArrayList<>();
      for (Future<Object> future : futures) {
        try {
          results.add(future.get());
        } catch (ExecutionException e) {
          results.add(e.getCause());
        }
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
