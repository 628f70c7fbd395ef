package io.accesstokens.login;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits the number of threads that run work at the same time, and the number of threads that wait.
 * Shares the capacity fairly among sources, such as client addresses. A flood of calls from one
 * source delays another source by at most two calls.
 *
 * <ul>
 *   <li>Waiting sources are served round-robin. Threads of one source run in their order of
 *       arrival.
 *   <li>If the queue is full, a new thread can replace the newest waiting thread of the source with
 *       the most waiting threads. This source must have more waiting threads than the source of the
 *       new thread, even if the new thread counts as waiting. Otherwise the new thread is rejected
 *       immediately.
 * </ul>
 *
 * <p>Thread-safe.
 */
public final class Bulkhead {

  /** The value of {@code source} for work that does not belong to a client. */
  public static final String COMMON = "";

  private final int maximumRunning;
  private final int maximumWaiting;
  private final Duration timeout;

  // The monitor of this object guards the following fields. Threads wait only if the maximum number
  // of threads is running.
  private int running;
  private int waiting;

  /**
   * The waiting threads of each source. The first source is served next. No queue in this map is
   * empty.
   */
  private final Map<String, Deque<Waiter>> queues = new LinkedHashMap<>();

  /**
   * A waiting thread. The outcome is true if the thread may run, and false if another thread has
   * replaced this thread in the queue.
   */
  private record Waiter(String source, CompletableFuture<Boolean> outcome) {}

  /**
   * Creates a bulkhead.
   *
   * @param maximumRunning the maximum number of running threads
   * @param maximumWaiting the maximum number of waiting threads
   * @param timeout the maximum time that a thread waits
   */
  public Bulkhead(int maximumRunning, int maximumWaiting, Duration timeout) {
    this.maximumRunning = maximumRunning;
    this.maximumWaiting = maximumWaiting;
    this.timeout = timeout;
  }

  /**
   * Runs the work in the thread of the caller. If the maximum number of threads is running, the
   * thread waits first.
   *
   * @param source the source of the work: the address or network of a client, or {@link #COMMON}
   * @throws SignInUnavailableException if the queue is full, another thread has replaced this
   *     thread in the queue, the wait has timed out, or the thread was interrupted
   */
  public <T> T run(String source, Supplier<T> work) {
    Waiter waiter = enter(source);
    if (waiter != null) {
      await(waiter);
    }
    try {
      return work.get();
    } finally {
      leave();
    }
  }

  /** Returns the current number of waiting threads. */
  synchronized int waiting() {
    return waiting;
  }

  /**
   * Admits the calling thread and returns null, or adds the thread to the queue and returns the
   * queue entry.
   */
  private synchronized @Nullable Waiter enter(String source) {
    if (running < maximumRunning) {
      running++;
      return null;
    }
    if (waiting == maximumWaiting && !displaceFor(source)) {
      throw new SignInUnavailableException("too many sign-ins wait to be checked");
    }
    Waiter waiter = new Waiter(source, new CompletableFuture<>());
    queues.computeIfAbsent(source, key -> new ArrayDeque<>()).addLast(waiter);
    waiting++;
    return waiter;
  }

  /**
   * Removes the newest waiting thread of the source with the most waiting threads, so that a new
   * thread of the given source can wait. For the comparison of the sources, the new thread counts
   * as a waiting thread.
   *
   * @return false if no thread was removed, because the given source has at least as many waiting
   *     threads as every other source
   */
  private boolean displaceFor(String source) {
    Deque<Waiter> busiest = null;
    for (Deque<Waiter> queue : queues.values()) {
      if (busiest == null || queue.size() > busiest.size()) {
        busiest = queue;
      }
    }
    Deque<Waiter> own = queues.get(source);
    if (busiest == null || busiest.size() < (own == null ? 0 : own.size()) + 2) {
      return false;
    }
    busiest.removeLast().outcome().complete(false);
    waiting--;
    return true;
  }

  private void await(Waiter waiter) {
    try {
      if (!waiter.outcome().get(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new SignInUnavailableException("too many sign-ins wait to be checked");
      }
    } catch (TimeoutException e) {
      leaveQueue(waiter, "too many sign-ins are being checked");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      leaveQueue(waiter, "the server is stopping");
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "the outcome of a waiting thread must not be an exception", e);
    }
  }

  private void leaveQueue(Waiter waiter, String reason) {
    if (!remove(waiter) && waiter.outcome().join()) {
      leave(); // The thread was admitted at the last moment.
    }
    throw new SignInUnavailableException(reason);
  }

  /**
   * Removes a waiting thread from its queue. Returns false if the thread has already left the
   * queue, because the thread was admitted or because another thread has replaced this thread.
   */
  private synchronized boolean remove(Waiter waiter) {
    Deque<Waiter> queue = queues.get(waiter.source());
    if (queue == null || !queue.remove(waiter)) {
      return false;
    }
    waiting--;
    if (queue.isEmpty()) {
      queues.remove(waiter.source());
    }
    return true;
  }

  /**
   * Releases the slot of a thread. The first waiting thread of the next source gets the slot, and
   * this source moves to the end of the order. If no thread waits, only reduces the number of
   * running threads.
   */
  private synchronized void leave() {
    Iterator<Map.Entry<String, Deque<Waiter>>> sources = queues.entrySet().iterator();
    if (!sources.hasNext()) {
      running--;
      return;
    }
    Map.Entry<String, Deque<Waiter>> next = sources.next();
    String source = next.getKey();
    Deque<Waiter> queue = next.getValue();
    sources.remove();
    Waiter admitted = queue.removeFirst();
    waiting--;
    if (!queue.isEmpty()) {
      queues.put(source, queue);
    }
    admitted.outcome().complete(true);
  }
}
