package io.accesstokens.faults;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Durations, counted by the millisecond, so that memory does not grow. */
final class Latencies {

  private static final int MAX_MILLIS = 60_000;

  private final AtomicIntegerArray counts = new AtomicIntegerArray(MAX_MILLIS + 1);

  void add(long nanos) {
    // Rounded up, so that no duration is reported too short.
    long millis = TimeUnit.NANOSECONDS.toMillis(nanos + 999_999);
    counts.incrementAndGet((int) Math.min(MAX_MILLIS, millis));
  }

  int count() {
    int all = 0;
    for (int i = 0; i <= MAX_MILLIS; i++) {
      all += counts.get(i);
    }
    return all;
  }

  /**
   * Returns the shortest time in milliseconds that this share of all durations did not exceed; 0 if
   * there are none.
   *
   * @param share the share, above 0, at most 1
   */
  int quantile(double share) {
    long wanted = (long) Math.ceil(count() * share);
    long seen = 0;
    for (int i = 0; i <= MAX_MILLIS; i++) {
      seen += counts.get(i);
      if (seen >= wanted) {
        return i;
      }
    }
    return MAX_MILLIS;
  }
}
