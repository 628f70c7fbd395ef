package io.accesstokens.faults;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts how often each of some kinds occurred. Safe for use by many threads. */
final class Counters<K> {

  private final Map<K, LongAdder> counts = new ConcurrentHashMap<>();

  void add(K kind) {
    counts.computeIfAbsent(kind, first -> new LongAdder()).increment();
  }

  long of(K kind) {
    LongAdder count = counts.get(kind);
    return count == null ? 0 : count.sum();
  }

  long all() {
    return counts.values().stream().mapToLong(LongAdder::sum).sum();
  }
}
