package io.accesstokens.token.usage;

import io.accesstokens.verify.Verification;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Records the scopes of one token that requests needed. Each scope has the time at which a request
 * last needed it. Thread-safe and non-blocking. Only the first {@value #MAX} scopes of an interval
 * are recorded. A token has few scopes. A list of these scopes is as fast as a map, and needs less
 * memory.
 */
final class NeededScopes {

  /** Maximum number of scopes of one token in an interval. */
  static final int MAX = 100;

  private static final Scope[] NONE = {};

  /**
   * The scopes in the order in which they were first needed. A new scope needs a new array, because
   * an array is never changed.
   */
  private volatile Scope[] scopes = NONE;

  private static final AtomicReferenceFieldUpdater<NeededScopes, Scope[]> SCOPES =
      AtomicReferenceFieldUpdater.newUpdater(NeededScopes.class, Scope[].class, "scopes");

  /** A scope, with the time at which a request last needed this scope. */
  private static final class Scope {

    private final String name;
    private final AtomicLong lastMillis;

    Scope(String name, long millis) {
      this.name = name;
      this.lastMillis = new AtomicLong(millis);
    }

    void advance(long millis) {
      long last = lastMillis.get();
      while (last < millis && !lastMillis.compareAndSet(last, millis)) {
        last = lastMillis.get();
      }
    }
  }

  /**
   * Records that a request needed scopes. Ignores scopes that the token does not have.
   *
   * @param slots limits the number of scopes of all tokens
   */
  void record(Verification.Accepted accepted, List<String> needed, long millis, EntrySlots slots) {
    for (String name : needed) {
      Scope scope = find(scopes, name);
      if (scope == null) {
        add(accepted, name, millis, slots);
      } else {
        scope.advance(millis);
      }
    }
  }

  private static @Nullable Scope find(Scope[] scopes, String name) {
    for (Scope scope : scopes) {
      if (scope.name.equals(name)) {
        return scope;
      }
    }
    return null;
  }

  private void add(Verification.Accepted accepted, String name, long millis, EntrySlots slots) {
    int index = accepted.scopes().indexOf(name);
    if (index < 0) {
      return;
    }
    // Keeps the string of the verdict, which is in memory already, and not that of the request.
    Scope added = new Scope(accepted.scopes().get(index), millis);
    boolean slotTaken = false;
    while (true) {
      Scope[] before = scopes;
      Scope found = find(before, name);
      if (found != null) {
        found.advance(millis); // a taken slot stays taken until the interval ends
        return;
      }
      if (before.length == MAX || !(slotTaken || slots.take())) {
        return;
      }
      slotTaken = true;
      Scope[] after = Arrays.copyOf(before, before.length + 1);
      after[before.length] = added;
      if (SCOPES.compareAndSet(this, before, after)) {
        return;
      }
    }
  }

  /**
   * Returns the time at which each scope was last needed, by scope. The times are exact only after
   * all threads have stopped recording.
   */
  Map<String, Instant> times() {
    Map<String, Instant> times = new HashMap<>();
    for (Scope scope : scopes) {
      times.put(scope.name, Instant.ofEpochMilli(scope.lastMillis.get()));
    }
    return times;
  }
}
