package io.accesstokens.faults;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Repeats a request, and measures the longest time without a successful response. */
final class InterruptionProbe {

  private static final long PAUSE_MILLIS = 20;

  private final Callable<Boolean> request;
  private final long begin = System.nanoTime();
  private final Future<Long> longest;
  private volatile boolean stopping;

  private InterruptionProbe(ExecutorService threads, Callable<Boolean> request) {
    this.request = request;
    this.longest = threads.submit(this::probe);
  }

  /**
   * Starts to send requests.
   *
   * @param request sends one request, and returns true if it succeeded
   */
  static InterruptionProbe start(ExecutorService threads, Callable<Boolean> request) {
    return new InterruptionProbe(threads, request);
  }

  private long probe() throws Exception {
    long last = begin;
    long most = 0;
    boolean succeeded = false;
    while (!stopping || !succeeded) {
      succeeded = request.call();
      if (succeeded) {
        long now = System.nanoTime();
        most = Math.max(most, now - last);
        last = now;
      }
      Thread.sleep(PAUSE_MILLIS); // the interval of the requests
    }
    return most;
  }

  /** Waits for the next successful response, and returns the longest time in nanoseconds. */
  long stop() throws Exception {
    stopping = true;
    return longest.get();
  }
}
