package io.accesstokens.store.jdbc;

import io.accesstokens.token.StoreUnavailableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A bulkhead for reads of one kind, such as the reads that anonymous callers can cause.
 *
 * <p>These reads use at most a quarter of the connections, so the other connections stay free for
 * other work. Callers over the limit wait in the order of arrival. A call fails if too many callers
 * already wait. The reads of one actor use at most half of the connections and of the queue, so
 * that other actors are served. Thread-safe.
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
  private final int concurrentReads;
  private final Semaphore permits;
  private final int maxCalls;
  private final Duration maxWait;

  private int calls; // guarded by this

  /** The actors with calls. Guarded by this. */
  private final Map<String, Share> shares = new HashMap<>();

  /** The part of one actor. */
  private static final class Share {
    final Semaphore permits;
    int calls; // guarded by the bulkhead

    Share(int permits) {
      this.permits = new Semaphore(permits, true);
    }
  }

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
    this.maxCalls = concurrentReads * (1 + WAITING_PER_READ);
    this.maxWait = maxWait;
  }

  /**
   * Creates a bulkhead for a data source. For a {@link ConnectionPool}, the limit is a quarter of
   * the maximum number of connections.
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

  /** Returns the number of calls that run or wait. */
  synchronized int calls() {
    return calls;
  }

  /**
   * Waits for a permit, and then runs a read.
   *
   * @param actor the actor that needs the result; null if the read does not belong to one actor
   * @throws StoreUnavailableException if too many callers wait, if no permit becomes free within
   *     the maximum time, or if the thread is interrupted
   */
  <T> T read(@Nullable String actor, Supplier<T> reading) {
    long end = System.nanoTime() + maxWait.toNanos();
    Share share = enter(actor);
    try {
      return share == null
          ? withPermit(permits, end, reading)
          : withPermit(share.permits, end, () -> withPermit(permits, end, reading));
    } finally {
      leave(actor, share);
    }
  }

  private synchronized @Nullable Share enter(@Nullable String actor) {
    Share share = actor == null ? null : shares.get(actor);
    if (calls == maxCalls || (share != null && share.calls == maxCalls / 2)) {
      throw exceeded(null);
    }
    calls++;
    if (actor == null) {
      return null;
    }
    Share own = shares.computeIfAbsent(actor, name -> new Share(Math.max(1, concurrentReads / 2)));
    own.calls++;
    return own;
  }

  private synchronized void leave(@Nullable String actor, @Nullable Share share) {
    calls--;
    if (share != null && --share.calls == 0) {
      shares.remove(actor);
    }
  }

  private <T> T withPermit(Semaphore from, long end, Supplier<T> reading) {
    try {
      if (!from.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw exceeded(null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw exceeded(e);
    }
    try {
      return reading.get();
    } finally {
      from.release();
    }
  }

  private StoreUnavailableException exceeded(@Nullable Throwable cause) {
    return new StoreUnavailableException("too many " + kind, cause);
  }
}
