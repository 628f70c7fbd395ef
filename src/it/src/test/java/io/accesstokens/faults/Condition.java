package io.accesstokens.faults;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether somebody is disturbed by a fault, and whether they were at any time since: a number that
 * goes up with each beginning and each end, odd in between.
 */
final class Condition {

  private final AtomicInteger changes = new AtomicInteger();

  /** A fault is about to begin; it ends with {@link #recovered}. */
  void disturbed() {
    if (changes.incrementAndGet() % 2 == 0) {
      throw new IllegalStateException("it was disturbed already");
    }
  }

  /** Everything works again. */
  void recovered() {
    if (changes.incrementAndGet() % 2 != 0) {
      throw new IllegalStateException("it was not disturbed");
    }
  }

  /** A mark to compare with later. */
  int now() {
    return changes.get();
  }

  boolean isUndisturbed() {
    return changes.get() % 2 == 0;
  }

  /** Whether no fault was on at that mark, nor since. */
  boolean undisturbedSince(int mark) {
    return mark % 2 == 0 && changes.get() == mark;
  }
}
