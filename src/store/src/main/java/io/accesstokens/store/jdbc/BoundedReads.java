package io.accesstokens.store.jdbc;

import io.accesstokens.token.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A bulkhead for reads of one kind, such as the reads that anonymous callers can cause.
 *
 * <p>The limit on concurrent reads keeps connections free for other work. Callers over the limit
 * wait in the order of arrival. A call fails if too many callers already wait, or if it has waited
 * too long. Thread-safe.
 */
final class BoundedReads {

  /**
   * Maximum number of waiting callers for each concurrent read. Each waiting caller holds a request
   * thread.
   */
  private static final int WAITING_PER_READ = 16;

  private static final Duration MAX_WAIT = Duration.ofSeconds(3);

  /**
   * Maximum number of concurrent reads if the data source belongs to a container. The number of
   * connections is then not known.
   */
  private static final int OF_UNKNOWN_POOL = 2;

  private final String kind;
  private final Semaphore permits;
  private final int concurrentReads;
  private final int maxWaiting;
  private final Duration maxWait;

  /**
   * Creates a bulkhead.
   *
   * @param kind the name of the reads in messages
   * @param concurrentReads the maximum number of concurrent reads, at least 1
   * @param maxWait the maximum time of a wait for a permit
   */
  BoundedReads(String kind, int concurrentReads, Duration maxWait) {
    this.kind = kind;
    this.concurrentReads = concurrentReads;
    this.permits = new Semaphore(concurrentReads, true);
    this.maxWaiting = concurrentReads * WAITING_PER_READ;
    this.maxWait = maxWait;
  }

  /**
   * Creates a bulkhead for a data source. For a {@link ConnectionPool}, the limit is a quarter of
   * the maximum number of connections, at least 1.
   *
   * @param kind the name of the reads in messages
   */
  static BoundedReads of(String kind, DataSource dataSource) {
    return new BoundedReads(
        kind,
        dataSource instanceof ConnectionPool pool
            ? Math.max(1, pool.maximumSize() / 4)
            : OF_UNKNOWN_POOL,
        MAX_WAIT);
  }

  /** Creates the bulkhead of {@link Database#confirmed}. */
  static BoundedReads confirmations() {
    return new BoundedReads("confirmations of earlier changes", 1, MAX_WAIT);
  }

  /** Returns true if more than one read can run at the same time. */
  boolean isConcurrent() {
    return concurrentReads > 1;
  }

  /** Returns the number of callers that wait for a permit. */
  int waiting() {
    return permits.getQueueLength();
  }

  /**
   * Waits for a permit, and then runs a read.
   *
   * @throws StoreUnavailableException if too many callers wait, if no permit becomes free within
   *     the maximum time, or if the thread is interrupted
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
    if (waiting() >= maxWaiting) {
      throw exceeded(null);
    }
    try {
      if (!permits.tryAcquire(maxWait.toMillis(), TimeUnit.MILLISECONDS)) {
        throw exceeded(null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw exceeded(e);
    }
  }

  private StoreUnavailableException exceeded(@Nullable Throwable cause) {
    return new StoreUnavailableException("too many " + kind, cause);
  }
}
