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
 * Bounds how many threads work and wait at a time, and shares both fairly among sources, such as
 * client addresses. A flood from one source delays another source by two pieces of work at most:
 * one that runs, and one whose turn comes first.
 *
 * <ul>
 *   <li>Sources that wait take turns. Threads of one source run in their order.
 *   <li>If the queue is full, a source that waits less than the busiest one displaces the newest
 *       thread of the busiest one. Otherwise the thread is rejected at once.
 * </ul>
 *
 * <p>Safe for use by many threads.
 */
public final class Bulkhead {

  /** The source of work that belongs to no caller in particular. */
  public static final String COMMON = "";

  private final int maximumRunning;
  private final int maximumWaiting;
  private final Duration timeout;

  // Guarded by this. Nothing waits unless as many run as may.
  private int running;
  private int waiting;

  /** Those that wait, by source. The first source is the next; none has an empty queue. */
  private final Map<String, Deque<Waiter>> queues = new LinkedHashMap<>();

  /** A thread that waits. The outcome is true if it may run, false if it was displaced. */
  private record Waiter(String source, CompletableFuture<Boolean> outcome) {}

  /**
   * @param maximumRunning how many threads work at a time
   * @param maximumWaiting how many more wait
   * @param timeout how long each waits
   */
  public Bulkhead(int maximumRunning, int maximumWaiting, Duration timeout) {
    this.maximumRunning = maximumRunning;
    this.maximumWaiting = maximumWaiting;
    this.timeout = timeout;
  }

  /**
   * Does the work in the caller's thread, after waiting if necessary.
   *
   * @param source for whom: an address, or {@link #COMMON}
   * @throws SignInUnavailableException if the queue is full, or the time is over
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

  /** Returns how many threads wait now. */
  synchronized int waiting() {
    return waiting;
  }

  /** Returns null if the caller may run at once. */
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

  /** Makes a slot in a full queue, if the source then still waits less than the busiest one. */
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
      giveUp(waiter, "too many sign-ins are being checked");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      giveUp(waiter, "the server is stopping");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a waiter is completed normally only", e);
    }
  }

  private void giveUp(Waiter waiter, String reason) {
    if (!remove(waiter) && waiter.outcome().join()) {
      leave(); // It was admitted at the last moment.
    }
    throw new SignInUnavailableException(reason);
  }

  /** Returns false if the waiter has been admitted or displaced. */
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

  /** Admits the first thread of the next source, which then goes to the end of the turns. */
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
