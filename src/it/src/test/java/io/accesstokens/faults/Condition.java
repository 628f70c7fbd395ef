package io.accesstokens.faults;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Records whether a fault disturbs a replica, and whether one did at any time since a mark. A
 * counter is incremented at each beginning and each end, so it is odd during a fault.
 *
 * <p>A stop of the machine disturbs each replica, until it can have recovered.
 */
final class Condition {

  private final AtomicInteger changes = new AtomicInteger();
  private final List<Long> times = new CopyOnWriteArrayList<>();
  private final MachineStops stops;

  /** Creates the condition of a replica that recovers from a stop of the machine at once. */
  Condition() {
    this(MachineStops.none());
  }

  Condition(MachineStops stops) {
    this.stops = stops;
  }

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
    return before % 2 == 0
        && times.stream().noneMatch(time -> time - from >= 0 && time - to <= 0)
        && !stops.anyBetween(from - Recovery.BOUND.toNanos(), to);
  }

  /**
   * Returns true if no fault was active at that mark, nor since.
   *
   * @param from the time after the mark, a value of {@link System#nanoTime()}
   */
  boolean undisturbedSince(int mark, long from) {
    return mark % 2 == 0
        && changes.get() == mark
        && !stops.anySince(from - Recovery.BOUND.toNanos());
  }

  /** Returns the time since a moment, or since the latest stop of the machine if it is later. */
  long nanosSince(long moment) {
    return stops.nanosSince(moment);
  }
}
