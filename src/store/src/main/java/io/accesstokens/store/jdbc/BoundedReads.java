package io.accesstokens.store.jdbc;

import io.accesstokens.token.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A bulkhead for reads that anonymous callers can cause, such as the look-up of a session by the
 * cookie that a client sent.
 *
 * <p>Such reads use at most a quarter of the connections, so that a flood of them leaves the other
 * connections to authenticated work. Callers over the limit wait in the order of arrival. They fail
 * if too many callers wait already. Safe for use by many threads.
 */
final class BoundedReads {

  /**
   * The number of waiting callers for each concurrent read. Each of them holds a request thread.
   */
  private static final int WAITING_PER_READ = 16;

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(3);

  /** The limit for a {@code DataSource} of a container, which does not report its size. */
  private static final int OF_UNKNOWN_POOL = 2;

  private final Semaphore permits;
  private final int mostWaiting;

  /**
   * @param concurrentReads at least 1
   */
  BoundedReads(int concurrentReads) {
    this.permits = new Semaphore(concurrentReads, true);
    this.mostWaiting = concurrentReads * WAITING_PER_READ;
  }

  /** Creates the bulkhead for a database. */
  static BoundedReads of(DataSource dataSource) {
    return new BoundedReads(
        dataSource instanceof ConnectionPool pool
            ? Math.max(1, pool.maximumSize() / 4)
            : OF_UNKNOWN_POOL);
  }

  /**
   * Runs a read when a permit is free.
   *
   * @throws StoreUnavailableException if too many callers wait, or if this caller has waited too
   *     long
   */
  <T> T read(Supplier<T> reading) {
    acquire();
    try {
      return reading.get();
    } finally {
      permits.release();
    }
  }

  private void acquire() {
    if (permits.getQueueLength() >= mostWaiting) {
      throw exceeded(null);
    }
    try {
      if (!permits.tryAcquire(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw exceeded(null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw exceeded(e);
    }
  }

  private static StoreUnavailableException exceeded(@Nullable Throwable cause) {
    return new StoreUnavailableException("too many sessions or codes are being looked up", cause);
  }
}
