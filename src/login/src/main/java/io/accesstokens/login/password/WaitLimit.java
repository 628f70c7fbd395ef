package io.accesstokens.login.password;

import java.util.HashMap;
import java.util.Map;

/**
 * Limits the number of threads that wait, for each source and in all. Thread-safe.
 *
 * <p>The service processes a limited number of requests at the same time. A request counts even
 * while its thread waits. Without this class, the waiting threads of one client could block the
 * requests of all other clients.
 */
final class WaitLimit {

  private final int perSource;
  private final int inAll;

  /**
   * The number of waiting threads, by source. The map has no entry for a source without waiting
   * threads.
   */
  private final Map<String, Integer> waiting = new HashMap<>();

  private int all;

  WaitLimit(int perSource, int inAll) {
    this.perSource = perSource;
    this.inAll = inAll;
  }

  /**
   * Returns true if one more thread of this source may wait. If the result is true, the thread must
   * call {@link #leave} at the end of its wait.
   */
  synchronized boolean tryEnter(String source) {
    int own = waiting.getOrDefault(source, 0);
    if (own == perSource || all == inAll) {
      return false;
    }
    waiting.put(source, own + 1);
    all++;
    return true;
  }

  synchronized void leave(String source) {
    waiting.computeIfPresent(source, (key, own) -> own == 1 ? null : own - 1);
    all--;
  }
}
