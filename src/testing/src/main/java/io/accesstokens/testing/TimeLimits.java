package io.accesstokens.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * Asserts upper bounds of durations on a machine that can stop a process for some seconds. Such a
 * stop fails no assertion of this class. A system that exceeds its limit fails the assertion.
 */
public final class TimeLimits {

  private static final long PAUSE_MILLIS = 20;

  private TimeLimits() {}

  /**
   * A call with a result.
   *
   * @param <T> the type of the result
   * @param <E> the checked exception of the call
   */
  @FunctionalInterface
  public interface Call<T, E extends Exception> {
    T run() throws E;
  }

  /**
   * Asserts that a call takes less time than the limit. Repeats a call once if it takes longer,
   * because the machine can stop once. A system that does not keep the limit exceeds it twice.
   *
   * @return the result of the last call
   */
  public static <T, E extends Exception> T within(Duration limit, Call<T, E> call) throws E {
    long start = System.nanoTime();
    T result = call.run();
    Duration first = since(start);
    if (first.compareTo(limit) < 0) {
      return result;
    }
    start = System.nanoTime();
    result = call.run();
    Duration second = since(start);
    assertTrue(
        second.compareTo(limit) < 0,
        () -> "a limit of " + limit + ", but took " + first + ", and then " + second);
    return result;
  }

  /**
   * Repeats an attempt until it returns true. Asserts that one of the first two attempts that begin
   * after the limit returns true.
   *
   * @param what names the attempt in the message of a failure
   */
  public static void succeedsAfter(Duration limit, String what, Callable<Boolean> attempt)
      throws Exception {
    long start = System.nanoTime();
    for (int late = 0; late < 2; ) {
      Duration begin = since(start);
      if (attempt.call()) {
        return;
      }
      if (begin.compareTo(limit) >= 0) {
        late++;
      }
      Thread.sleep(PAUSE_MILLIS);
    }
    fail(what + ": not within " + limit + ", and not after " + since(start));
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
