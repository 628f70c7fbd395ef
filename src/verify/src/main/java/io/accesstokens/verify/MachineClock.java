package io.accesstokens.verify;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The two clocks of a machine. A lease trusts neither alone: the monotonic one can stand still
 * while a virtual machine is frozen, and the wall clock can be set.
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

  /** Nanoseconds since some instant; never set back. Only differences mean something. */
  long monotonicNanos();

  /** Milliseconds since 1970-01-01T00:00Z. */
  long wallMillis();

  /**
   * Waits for a result of another thread.
   *
   * @return the result; null if there is none in that time, or the thread was interrupted
   * @throws ExecutionException if the result is a failure
   */
  default <T> @Nullable T await(CompletableFuture<T> result, Duration patience)
      throws ExecutionException {
    try {
      return result.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } catch (TimeoutException e) {
      return null;
    }
  }
}
