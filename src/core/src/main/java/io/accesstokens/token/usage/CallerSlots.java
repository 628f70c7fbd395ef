package io.accesstokens.token.usage;

import java.util.concurrent.atomic.AtomicInteger;

/** Limits the number of callers that one interval holds in memory. Thread-safe, non-blocking. */
final class CallerSlots {

  private final AtomicInteger taken = new AtomicInteger();
  private volatile int capacity;

  /**
   * Sets the maximum number of callers.
   *
   * @param callers the maximum number of callers. If it is zero or negative, the interval accepts
   *     no further callers
   */
  void limit(int callers) {
    capacity = callers;
  }

  /** Takes a slot for one more caller. Returns false if no slot is free. */
  boolean take() {
    return taken.get() < capacity && taken.incrementAndGet() <= capacity;
  }

  /** Returns the approximate number of slots that are taken. */
  int taken() {
    return taken.get();
  }
}
