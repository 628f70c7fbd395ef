package io.accesstokens.token.usage;

import io.accesstokens.token.TokenUsage;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts the uses of tokens within one interval of time. An interval ends once, and its counts are
 * then read. The counts must include the uses that threads are counting at that moment. A counting
 * thread follows these steps:
 *
 * <ol>
 *   <li>It increments one of several entry counters. There are several counters, so that threads
 *       rarely share a counter.
 *   <li>It checks that this interval is still the current one.
 *   <li>It counts the use, and decrements its entry counter.
 * </ol>
 *
 * <p>Another thread ends the interval. This thread first replaces the interval by a new interval.
 * It then waits until it has seen each entry counter at zero once. After that, every thread that
 * entered before the replacement has finished. A thread that enters later finds that the interval
 * has ended.
 */
final class UsageInterval {

  private static final int STRIPES = 32;

  /**
   * Distance between two entry counters, in array elements. Because of this distance, two counters
   * never share a cache line of the processor.
   */
  private static final int APART = 16;

  private final AtomicIntegerArray atWork = new AtomicIntegerArray(STRIPES * APART);
  private final AtomicReference<@Nullable Day> days = new AtomicReference<>();
  private final AtomicInteger tokens = new AtomicInteger();
  private final LongAdder notCounted = new LongAdder();

  /**
   * The uses on one day. An interval can begin before midnight and end after midnight, but each
   * written batch must be of one day. Almost all intervals have only one day.
   *
   * @param number the number of days since 1970-01-01
   * @param counters the counters, by token id
   * @param other the uses on another day of the interval; null if there is none
   */
  private record Day(
      long number, ConcurrentHashMap<UUID, UsageCounter> counters, @Nullable Day other) {}

  /** Contains true for each entry counter that was seen at zero since the interval ended. */
  private final boolean[] seenEmpty = new boolean[STRIPES];

  /**
   * Registers the calling thread as counting.
   *
   * @return the entry counter of the thread; the thread must always pass it to {@link #leave} later
   */
  int enter() {
    // The multiplication spreads the ids of threads that a pool created together, which are
    // consecutive numbers.
    int stripe = (int) ((Thread.currentThread().getId() * 0x9E3779B97F4A7C15L) >>> 59) * APART;
    atWork.incrementAndGet(stripe);
    return stripe;
  }

  /**
   * Records that the calling thread no longer counts.
   *
   * @param stripe the result of {@link #enter}
   */
  void leave(int stripe) {
    atWork.decrementAndGet(stripe);
  }

  /**
   * Returns the counter of a token on a day. The calling thread must have called {@link #enter} and
   * must have checked that this interval is the current interval.
   *
   * @param day the number of days since 1970-01-01
   * @param capacity the maximum number of tokens with uses in this interval
   * @return the counter; null if there are too many tokens, in which case the use is recorded as
   *     not counted
   */
  @Nullable UsageCounter counter(UUID tokenId, long day, int capacity) {
    Map<UUID, UsageCounter> counters = day(day).counters();
    UsageCounter counter = counters.get(tokenId);
    if (counter != null) {
      return counter;
    }
    if (tokens.get() >= capacity) {
      notCounted.increment();
      return null;
    }
    return counters.computeIfAbsent(tokenId, this::newCounter);
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

  private UsageCounter newCounter(UUID tokenId) {
    tokens.incrementAndGet();
    return new UsageCounter();
  }

  boolean isEmpty() {
    return days.get() == null && notCounted.sum() == 0;
  }

  /**
   * Returns true if all threads that were counting have finished. Does not block. If another
   * interval is current, the result true means that no more uses are counted in this interval. Only
   * one thread at a time may call this method.
   */
  boolean isQuiet() {
    boolean quiet = true;
    for (int i = 0; i < STRIPES; i++) {
      seenEmpty[i] |= atWork.get(i * APART) == 0;
      quiet &= seenEmpty[i];
    }
    return quiet;
  }

  /**
   * Returns the counts by day and token id. A day is a number of days since 1970-01-01. The counts
   * are final after {@link #isQuiet} has returned true.
   */
  Map<Long, Map<UUID, TokenUsage>> usages() {
    Map<Long, Map<UUID, TokenUsage>> usages = new HashMap<>();
    for (Day day = days.get(); day != null; day = day.other()) {
      Map<UUID, TokenUsage> ofDay = usages.computeIfAbsent(day.number(), number -> new HashMap<>());
      day.counters().forEach((id, counter) -> ofDay.put(id, counter.usage()));
    }
    return usages;
  }

  /** Returns the number of uses that were not counted because there were too many tokens. */
  long notCounted() {
    return notCounted.sum();
  }
}
