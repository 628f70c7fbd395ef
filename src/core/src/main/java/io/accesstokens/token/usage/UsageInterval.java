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
 * The uses within one interval. An interval ends once, and its counts are then read. No thread that
 * is counting at that moment may be missed. A counting thread follows these steps:
 *
 * <ol>
 *   <li>It increments one of several entry counters. The counters are striped, so that threads
 *       rarely share one.
 *   <li>It checks that this interval is still the current one.
 *   <li>It counts the use, and decrements its entry counter.
 * </ol>
 *
 * <p>The thread that ends the interval first replaces it by a new one. It then waits until it has
 * seen each entry counter at zero once. A thread that enters later finds that the interval has
 * ended. A thread that entered earlier has finished.
 */
final class UsageInterval {

  private static final int STRIPES = 32;

  /**
   * Distance between two entry counters, so that they never share a cache line of the processor.
   */
  private static final int APART = 16;

  private final AtomicIntegerArray atWork = new AtomicIntegerArray(STRIPES * APART);
  private final AtomicReference<@Nullable Day> days = new AtomicReference<>();
  private final AtomicInteger tokens = new AtomicInteger();
  private final LongAdder notCounted = new LongAdder();

  /**
   * The uses on one day. An interval can begin before midnight and end after it, but each batch
   * that is written must be of one day. There is almost always only one day.
   */
  private record Day(
      long number, ConcurrentHashMap<UUID, UsageCounter> counters, @Nullable Day other) {}

  /** The entry counters that were seen at zero since the interval ended. */
  private final boolean[] seenEmpty = new boolean[STRIPES];

  /**
   * Registers the calling thread as counting.
   *
   * @return the entry counter, which must be passed to {@link #leave} in any case
   */
  int enter() {
    // Multiplied, because the ids of threads that a pool created together are consecutive.
    int stripe = (int) ((Thread.currentThread().getId() * 0x9E3779B97F4A7C15L) >>> 59) * APART;
    atWork.incrementAndGet(stripe);
    return stripe;
  }

  /** Ends what {@link #enter} started. */
  void leave(int stripe) {
    atWork.decrementAndGet(stripe);
  }

  /**
   * Returns the counter of a token on a day. Only for a thread that has entered and has found this
   * interval to be the current one.
   *
   * @param day the number of days since 1970-01-01
   * @param capacity the maximum number of tokens with uses in this interval
   * @return null if there are too many tokens, in which case the use is recorded as not counted
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
   * Returns true if all threads that were counting have left. Does not block. Once another interval
   * is current, true means that no more uses are counted in this one. For one thread at a time.
   */
  boolean isQuiet() {
    boolean quiet = true;
    for (int i = 0; i < STRIPES; i++) {
      seenEmpty[i] |= atWork.get(i * APART) == 0;
      quiet &= seenEmpty[i];
    }
    return quiet;
  }

  /** Returns the counts by day and token. They are final once {@link #isQuiet} returns true. */
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
