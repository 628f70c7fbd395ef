package io.accesstokens.token;

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
 * The uses of an interval. It ends once, and what was counted is then taken out; so the question is
 * how a thread that is just counting is not missed. Each notes that it is at work, on one of
 * several places, so that threads do not meet there; then makes sure that the interval is still the
 * present one; then counts. Whoever ends the interval first has another one take its place, then
 * sees each place empty once: whoever enters from then on finds that the interval is over, and
 * whoever was at work is done.
 */
final class UsageInterval {

  private static final int PLACES = 32;

  /**
   * Places are this far apart, so that two of them are never in one line of a processor's cache.
   */
  private static final int APART = 16;

  private final AtomicIntegerArray atWork = new AtomicIntegerArray(PLACES * APART);
  private final AtomicReference<@Nullable Day> days = new AtomicReference<>();
  private final AtomicInteger tokens = new AtomicInteger();
  private final LongAdder notCounted = new LongAdder();

  /**
   * The uses on one day, so that what is written is of one day, too: an interval can begin before
   * midnight and end after it. There is nearly always one of them.
   */
  private record Day(
      long number, ConcurrentHashMap<UUID, UsageCounter> counters, @Nullable Day other) {}

  /** Which places were seen empty since it ended. */
  private final boolean[] seenEmpty = new boolean[PLACES];

  /**
   * Notes that the calling thread is at work.
   *
   * @return the place, for {@link #leave}, which must follow in any case
   */
  int enter() {
    // Multiplied, since the ids of threads that a pool made together follow each other.
    int place = (int) ((Thread.currentThread().getId() * 0x9E3779B97F4A7C15L) >>> 59) * APART;
    atWork.incrementAndGet(place);
    return place;
  }

  /** Ends what {@link #enter} began. */
  void leave(int place) {
    atWork.decrementAndGet(place);
  }

  /**
   * The counter of a token on a day. Only for a thread that has entered and found this to be the
   * present interval.
   *
   * @param day counted from 1970 on
   * @param room how many tokens can have uses in it
   * @return null if there are too many tokens, which is noted
   */
  @Nullable UsageCounter counter(UUID tokenId, long day, int room) {
    Map<UUID, UsageCounter> counters = day(day).counters();
    UsageCounter counter = counters.get(tokenId);
    if (counter != null) {
      return counter;
    }
    if (tokens.get() >= room) {
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
   * Whether all threads that were at work have left, found out without waiting. Once another
   * interval has taken its place, true means that nothing will be counted in this one any more. For
   * one thread at a time.
   */
  boolean isQuiet() {
    boolean quiet = true;
    for (int i = 0; i < PLACES; i++) {
      seenEmpty[i] |= atWork.get(i * APART) == 0;
      quiet &= seenEmpty[i];
    }
    return quiet;
  }

  /** What was counted, by day and token; final once it {@link #isQuiet}. */
  Map<Long, Map<UUID, TokenUsage>> usages() {
    Map<Long, Map<UUID, TokenUsage>> usages = new HashMap<>();
    for (Day day = days.get(); day != null; day = day.other()) {
      Map<UUID, TokenUsage> ofDay = usages.computeIfAbsent(day.number(), it -> new HashMap<>());
      day.counters().forEach((id, counter) -> ofDay.put(id, counter.usage()));
    }
    return usages;
  }

  /** How many uses were not counted, because there were too many tokens. */
  long notCounted() {
    return notCounted.sum();
  }
}
