package io.accesstokens.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * Asserts upper bounds of durations on a machine that can stop a process for some seconds. Each
 * assertion tolerates one such stop, but fails if the system itself exceeds the limit.
 */
public final class TimeLimits {

  /** Assumed maximum time for which the machine stops a process. */
  private static final Duration STOP = Duration.ofSeconds(20);

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
   * Asserts that a call takes less time than the limit. If the call exceeds the limit by less than
   * 20 seconds, the machine may have stopped once. This method then repeats the call, and asserts
   * the duration of the second call. The second call must do the same work as the first call.
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
    assertTrue(
        first.compareTo(limit.plus(STOP)) < 0, () -> "a limit of " + limit + ", but took " + first);
    start = System.nanoTime();
    result = call.run();
    Duration second = since(start);
    assertTrue(
        second.compareTo(limit) < 0,
        () -> "a limit of " + limit + ", but took " + first + ", and then " + second);
    return result;
  }

  /**
   * Repeats an attempt until the result is true. After the limit, begins at most two more attempts,
   * and fails if both return false.
   *
   * @param what names the attempt in the message of a failure
   */
  public static <E extends Exception> void succeedsAfter(
      Duration limit, String what, Call<Boolean, E> attempt) throws E {
    long start = System.nanoTime();
    for (int late = 0; late < 2; ) {
      Duration begin = since(start);
      if (attempt.run()) {
        return;
      }
      if (begin.compareTo(limit) >= 0) {
        late++;
      }
      pause();
    }
    fail(what + ": not within " + limit + ", and not after " + since(start));
  }

  /**
   * Asserts that the result of an attempt is true. Makes a second attempt if the first result is
   * false, because the machine may have stopped during the first attempt. Use this method if a stop
   * exceeds a timeout of the system or of the test. The second attempt must do the same work as the
   * first one.
   *
   * @param failure the message of a failure
   */
  public static <E extends Exception> void succeeds(
      Supplier<String> failure, Call<Boolean, E> attempt) throws E {
    if (!attempt.run()) {
      assertTrue(attempt.run(), failure);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted between two attempts", e);
    }
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
