package io.accesstokens.token.usage;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Limits the number of callers, or the number of scopes, that one interval holds in memory.
 * Thread-safe, non-blocking.
 */
final class EntrySlots {

  private final AtomicInteger taken = new AtomicInteger();
  private volatile int capacity;

  /**
   * Sets the maximum number of entries.
   *
   * @param entries the maximum number of entries. If the number is zero or negative, the interval
   *     accepts no further entries
   */
  void limit(int entries) {
    capacity = entries;
  }

  /** Takes a slot for one more entry. Returns false if no slot is free. */
  boolean take() {
    return taken.get() < capacity && taken.incrementAndGet() <= capacity;
  }

  /** Returns the approximate number of slots that are taken. */
  int taken() {
    return taken.get();
  }
}
