package io.accesstokens.verify;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The two clocks of a machine. A lease uses both clocks, because each clock can be wrong. The
 * monotonic clock can stop while a virtual machine is paused. The wall clock can be set to another
 * time.
 */
public interface MachineClock {

  /** The clocks of the operating system. */
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
   * Returns the nanoseconds since an arbitrary instant. The value never decreases. Only the
   * difference of two values is meaningful.
   */
  long monotonicNanos();

  /** Returns the milliseconds since 1970-01-01T00:00Z. */
  long wallMillis();

  /**
   * Waits for a result from another thread.
   *
   * @param timeout the maximum wait
   * @return the result; null after the timeout, or if this thread was interrupted. After an
   *     interruption, the interrupt status of this thread is set.
   * @throws ExecutionException if the other thread has failed
   * @throws java.util.concurrent.CancellationException if the result was cancelled
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
