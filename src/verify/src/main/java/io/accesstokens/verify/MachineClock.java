package io.accesstokens.verify;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The two clocks of a machine. A lease does not rely on one of them alone: the monotonic clock can
 * stop while a virtual machine is frozen, and the wall clock can be set.
 */
public interface MachineClock {

  /** The clocks of the system. */
  MachineClock SYSTEM =
      new MachineClock() {
        @Override
        public long monotonicNanos() {
          return System.nanoTime();
        }

        @Override
        public long wallMillis() {
          return System.currentTimeMillis();
        }
      };

  /**
   * Returns the nanoseconds since an arbitrary instant. The value never goes back, and only
   * differences are meaningful.
   */
  long monotonicNanos();

  /** Returns the milliseconds since 1970-01-01T00:00Z. */
  long wallMillis();

  /**
   * Waits for a result from another thread.
   *
   * @param timeout the maximum wait
   * @return the result; null after a timeout, or if this thread was interrupted, and then its
   *     interrupt status is set
   * @throws ExecutionException if the result is a failure
   */
  default <T> @Nullable T await(CompletableFuture<T> result, Duration timeout)
      throws ExecutionException {
    try {
      return result.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } catch (TimeoutException e) {
      return null;
    }
  }
}
