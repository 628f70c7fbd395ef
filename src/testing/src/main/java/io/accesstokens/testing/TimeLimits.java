package io.accesstokens.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.accesstokens.testing.time.RunningTime;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Asserts upper bounds of durations on a machine that can stop all processes for some seconds. The
 * durations do not include such stops ({@link RunningTime}).
 */
public final class TimeLimits {

  /**
   * Maximum time by which the first of two calls can exceed the limit. The process can have waited
   * for a processor, or for the consequences of a stop, such as a lost connection.
   */
  private static final Duration DELAY = Duration.ofSeconds(20);

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
   * 20 seconds, the machine may have delayed it. This method then repeats the call, and asserts the
   * duration of the second call. The second call must do the same work as the first call.
   *
   * @return the result of the last call
   */
  public static <T, E extends Exception> T within(Duration limit, Call<T, E> call) throws E {
    RunningTime time = RunningTime.start();
    T result = call.run();
    Duration first = time.elapsed();
    if (first.compareTo(limit) < 0) {
      return result;
    }
    assertTrue(
        first.compareTo(limit.plus(DELAY)) < 0,
        () -> "a limit of " + limit + ", but took " + first);
    time = RunningTime.start();
    result = call.run();
    Duration second = time.elapsed();
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
    RunningTime time = RunningTime.start();
    for (int late = 0; late < 2; ) {
      Duration begin = time.elapsed();
      if (attempt.run()) {
        return;
      }
      if (begin.compareTo(limit) >= 0) {
        late++;
      }
      pause();
    }
    fail(what + ": not within " + limit + ", and not after " + time.elapsed());
  }

  /**
   * A test that can run twice.
   *
   * @param <E> the checked exception of the test
   */
  @FunctionalInterface
  public interface Test<E extends Exception> {
    void run() throws E;
  }

  /**
   * Runs a test whose steps must follow one another before a timeout of the system passes. If the
   * test fails and the machine stopped this process during the test, runs the test once more.
   *
   * @param test the test; can run again after a failure at any place
   */
  public static <E extends Exception> void repeatAfterStop(Test<E> test) throws E {
    RunningTime time = RunningTime.start();
    Throwable failure;
    try {
      test.run();
      return;
    } catch (Exception | AssertionError e) {
      if (!time.wasStopped()) {
        throw e;
      }
      failure = e;
    }
    try {
      test.run();
    } catch (Exception | AssertionError e) {
      e.addSuppressed(failure);
      throw e;
    }
  }

  /**
   * Asserts a condition that must hold even if the machine stops. {@link #repeatAfterStop} does not
   * repeat a test after this failure.
   */
  public static void assertAlways(boolean condition, Supplier<String> message) {
    if (!condition) {
      throw new BrokenPromiseError(message.get());
    }
  }

  /** Is no {@link AssertionError}, so that no test is repeated because of it. */
  private static final class BrokenPromiseError extends Error {

    private static final long serialVersionUID = 1;

    BrokenPromiseError(String message) {
      super(message);
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
}
