package io.accesstokens.faults;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Records whether a fault disturbs a replica, and whether one did at any time since a mark. A
 * counter is incremented at each beginning and each end, so it is odd during a fault.
 */
final class Condition {

  private final AtomicInteger changes = new AtomicInteger();
  private final List<Long> times = new CopyOnWriteArrayList<>();

  /** Records that a fault is about to begin; it ends with {@link #recovered}. */
  void disturbed() {
    times.add(System.nanoTime());
    if (changes.incrementAndGet() % 2 == 0) {
      throw new IllegalStateException("it was disturbed already");
    }
  }

  /** Records that everything works again. */
  void recovered() {
    if (changes.incrementAndGet() % 2 != 0) {
      throw new IllegalStateException("it was not disturbed");
    }
    times.add(System.nanoTime());
  }

  /** Returns a mark for a later comparison. */
  int now() {
    return changes.get();
  }

  boolean isUndisturbed() {
    return changes.get() % 2 == 0;
  }

  /**
   * Returns true if no fault was active from one time to another, both inclusive. The times are
   * values of {@link System#nanoTime()}.
   */
  boolean undisturbedBetween(long from, long to) {
    long before = times.stream().filter(time -> time - from < 0).count();
    return before % 2 == 0 && times.stream().noneMatch(time -> time - from >= 0 && time - to <= 0);
  }

  /** Returns true if no fault was active at that mark, nor since. */
  boolean undisturbedSince(int mark) {
    return mark % 2 == 0 && changes.get() == mark;
  }
}
