package io.accesstokens.token.usage;

import io.accesstokens.token.TokenUsage;
import io.accesstokens.verify.PresentedSecret.SecretId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts the uses of secrets in one interval of time. After the end of the interval, its counts are
 * read once. The counts must include the uses that threads are still counting when the interval
 * ends. Therefore a counting thread follows these steps:
 *
 * <ol>
 *   <li>It increments one of several entry counters. With several counters, threads rarely update
 *       the same counter.
 *   <li>It checks that this interval is still the current interval.
 *   <li>It counts the use, and decrements its entry counter.
 * </ol>
 *
 * <p>Another thread ends the interval. First, this thread makes a new interval the current one.
 * Then it waits until it has seen each entry counter at zero once. At that point, all threads that
 * counted in the old interval have finished. A thread that enters later finds in step 2 that the
 * interval has ended.
 */
final class UsageInterval {

  private static final int STRIPES = 32;

  /**
   * Distance between two entry counters, in array elements. With this distance, two counters never
   * share a cache line of the processor.
   */
  private static final int APART = 16;

  private final AtomicIntegerArray countingThreads = new AtomicIntegerArray(STRIPES * APART);
  private final AtomicReference<@Nullable Day> days = new AtomicReference<>();
  private final AtomicInteger secrets = new AtomicInteger();
  private final LongAdder notCounted = new LongAdder();
  private final EntrySlots acceptedCallers = new EntrySlots();
  private final EntrySlots refusedCallers = new EntrySlots();
  private final EntrySlots neededScopes = new EntrySlots();

  /**
   * The uses on one day. An interval that includes midnight has uses on two days. Each written
   * batch contains uses on one day only.
   *
   * @param number the number of days since 1970-01-01
   * @param counters the counters, by secret
   * @param other the uses on another day of the interval; null if there is none
   */
  private record Day(
      long number, ConcurrentHashMap<SecretId, UsageCounter> counters, @Nullable Day other) {}

  /** True for each entry counter that was seen at zero since the end of the interval. */
  private final boolean[] seenEmpty = new boolean[STRIPES];

  EntrySlots acceptedCallers() {
    return acceptedCallers;
  }

  EntrySlots refusedCallers() {
    return refusedCallers;
  }

  EntrySlots neededScopes() {
    return neededScopes;
  }

  /** Returns the number of secrets with uses in this interval. */
  int secrets() {
    return secrets.get();
  }

  /**
   * Registers the calling thread as counting.
   *
   * @return the entry counter of the thread; the thread must always pass it to {@link #leave} later
   */
  int enter() {
    // The multiplication spreads the ids of threads that a pool created together, which are
    // consecutive numbers.
    int stripe = (int) ((Thread.currentThread().getId() * 0x9E3779B97F4A7C15L) >>> 59) * APART;
    countingThreads.incrementAndGet(stripe);
    return stripe;
  }

  /**
   * Records that the calling thread has finished counting.
   *
   * @param stripe the result of {@link #enter}
   */
  void leave(int stripe) {
    countingThreads.decrementAndGet(stripe);
  }

  /**
   * Returns the counter of a secret on a day. The calling thread must first call {@link #enter},
   * and then check that this interval is the current interval.
   *
   * @param day the number of days since 1970-01-01
   * @param capacity the maximum number of secrets with uses in this interval
   * @return the counter; null if the secret has no counter yet and the number of secrets has
   *     reached the capacity
   */
  @Nullable UsageCounter counter(SecretId secret, long day, int capacity) {
    Map<SecretId, UsageCounter> counters = day(day).counters();
    UsageCounter counter = counters.get(secret);
    if (counter != null) {
      return counter;
    }
    if (secrets.get() >= capacity) {
      return null;
    }
    return counters.computeIfAbsent(secret, this::newCounter);
  }

  private Day day(long number) {
    while (true) {
      Day first = days.get();
      for (Day day = first; day != null; day = day.other()) {
        if (day.number() == number) {
          return day;
        }
      }
      Day added = new Day(number, new ConcurrentHashMap<>(), first);
      if (days.compareAndSet(first, added)) {
        return added;
      }
    }
  }

  private UsageCounter newCounter(SecretId secret) {
    secrets.incrementAndGet();
    return new UsageCounter();
  }

  /** Counts a use whose secret has no counter. */
  void addNotCounted() {
    notCounted.increment();
  }

  boolean isEmpty() {
    return days.get() == null && notCounted.sum() == 0;
  }

  /**
   * Returns true if all threads that were counting in this interval have finished. The counts are
   * then final. Does not block. Call this method only after the end of the interval, from one
   * thread at a time.
   */
  boolean isQuiet() {
    boolean quiet = true;
    for (int i = 0; i < STRIPES; i++) {
      seenEmpty[i] |= countingThreads.get(i * APART) == 0;
      quiet &= seenEmpty[i];
    }
    return quiet;
  }

  /**
   * Returns the counted uses, by day and secret. The key of a day is the number of days since
   * 1970-01-01. The counts are final after {@link #isQuiet} has returned true.
   */
  Map<Long, Map<SecretId, TokenUsage>> usages() {
    Map<Long, Map<SecretId, TokenUsage>> usages = new HashMap<>();
    for (Day day = days.get(); day != null; day = day.other()) {
      Map<SecretId, TokenUsage> ofDay =
          usages.computeIfAbsent(day.number(), number -> new HashMap<>());
      day.counters().forEach((id, counter) -> ofDay.put(id, counter.usage(id.number())));
    }
    return usages;
  }

  /**
   * Returns the number of uses that were not counted because the number of secrets had reached the
   * capacity.
   */
  long notCounted() {
    return notCounted.sum();
  }
}
