package io.accesstokens.token.usage;

import io.accesstokens.token.DailyUsage;
import io.accesstokens.token.store.ReportStore;
import io.accesstokens.verify.EntityRef;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The daily uses of all service tokens together. The uses of each day are summed by group, and the
 * sums are kept in memory. Only the sums of today and yesterday can still change. Instances are
 * thread-safe. One thread at a time reads sums from the store; all other calls return the known
 * sums at once.
 *
 * <p>The memory is bounded by the number of groups: at most {@link DailyUsage#KEPT_DAYS} sums of
 * about 70 bytes for each group, which is 6 KiB. Each ref of a group is held once.
 */
final class OverallUsage {

  /**
   * Number of the last days, including today, whose sums can still change. Yesterday is one of
   * these days, because a write of uses can be delayed.
   */
  private static final int OPEN_DAYS = 2;

  private final Function<LocalDate, Map<EntityRef, DailyUsage>> reader;
  private final Clock clock;
  private final Duration freshFor;
  private final Duration budget;

  private final ReentrantLock lock = new ReentrantLock();
  private final ConcurrentNavigableMap<LocalDate, Sums> sums = new ConcurrentSkipListMap<>();

  /**
   * Maps each group ref to the one object that the sums of all days share, to save memory. Guarded
   * by the lock.
   */
  private final Map<EntityRef, EntityRef> refs = new HashMap<>();

  /**
   * The uses of one day, summed by group.
   *
   * @param readAt the instant before the store read these uses
   * @param byGroup the sums by group; never changed
   */
  private record Sums(Instant readAt, Map<EntityRef, DailyUsage> byGroup) {}

  /**
   * Creates an instance that knows no sums yet.
   *
   * @param reader reads the uses of one day, summed by group, see {@link ReportStore#usesByGroup}
   * @param freshFor time after which the sums of today and yesterday are read again
   * @param budget time after which {@link #byDay} reads no further day
   */
  OverallUsage(
      Function<LocalDate, Map<EntityRef, DailyUsage>> reader,
      Clock clock,
      Duration freshFor,
      Duration budget) {
    this.reader = reader;
    this.clock = clock;
    this.freshFor = freshFor;
    this.budget = budget;
  }

  /**
   * Returns the uses on each of the last days, from the oldest day to today. If the time budget
   * ends, the result has only the latest days. While another thread reads the store, the result has
   * only the days that are already known. A later call then returns more days.
   *
   * @param groups the groups whose tokens are included; empty for all groups
   * @param days the number of days including today, 1 to {@link DailyUsage#KEPT_DAYS}
   */
  List<DailyUsage> byDay(Optional<Set<EntityRef>> groups, int days) {
    Instant now = clock.instant();
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    if (lock.tryLock()) {
      try {
        removeOldDays(today);
        read(now, today, days);
      } finally {
        lock.unlock();
      }
    }
    List<DailyUsage> found = new ArrayList<>();
    for (int back = 0; back < days; back++) {
      LocalDate day = today.minusDays(back);
      Sums known = sums.get(day);
      if (known == null) {
        break;
      }
      found.add(sum(day, known, groups));
    }
    Collections.reverse(found);
    return found;
  }

  private void removeOldDays(LocalDate today) {
    Map<LocalDate, Sums> old = sums.headMap(today.minusDays(DailyUsage.KEPT_DAYS - 1L));
    if (!old.isEmpty()) {
      old.clear();
      refs.clear();
      sums.values().forEach(day -> day.byGroup().keySet().forEach(ref -> refs.put(ref, ref)));
    }
  }

  /**
   * Reads the sums of the days whose sums are unknown or can have changed. Reads at least one of
   * these days, even if the time budget is used up.
   */
  private void read(Instant now, LocalDate today, int days) {
    long start = System.nanoTime();
    boolean hasRead = false;
    for (int back = 0; back < days; back++) {
      LocalDate day = today.minusDays(back);
      if (isCurrent(sums.get(day), day, now)) {
        continue;
      }
      if (hasRead && System.nanoTime() - start >= budget.toNanos()) {
        return;
      }
      Map<EntityRef, DailyUsage> byGroup = new HashMap<>();
      reader
          .apply(day)
          .forEach((ref, uses) -> byGroup.put(refs.computeIfAbsent(ref, same -> same), uses));
      sums.put(day, new Sums(now, byGroup));
      hasRead = true;
    }
  }

  /**
   * Returns true if the sums of a day need not be read again. This is the case if they were read
   * recently, or at a time when they could no longer change.
   */
  private boolean isCurrent(@Nullable Sums known, LocalDate day, Instant now) {
    if (known == null) {
      return false;
    }
    Instant readAt = known.readAt();
    boolean isFinal =
        !LocalDate.ofInstant(readAt, ZoneOffset.UTC).isBefore(day.plusDays(OPEN_DAYS));
    // If the recorded time of the read is in the future, the clock was ahead at the read. The age
    // of the sums is then not known.
    return !now.isBefore(readAt) && (isFinal || now.isBefore(readAt.plus(freshFor)));
  }

  private static DailyUsage sum(LocalDate day, Sums known, Optional<Set<EntityRef>> groups) {
    return known.byGroup().entrySet().stream()
        .filter(entry -> groups.map(some -> some.contains(entry.getKey())).orElse(true))
        .map(Map.Entry::getValue)
        .reduce(new DailyUsage(day, 0, 0), DailyUsage::plus);
  }
}
