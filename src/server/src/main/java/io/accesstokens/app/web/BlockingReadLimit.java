package io.accesstokens.app.web;

import java.util.HashMap;
import java.util.Map;

/**
 * Limits the number of threads that are blocked because they read request bodies. One client
 * address can use at most half of these threads.
 */
final class BlockingReadLimit {

  private final int limit;
  private final int perAddress;

  // guarded by this
  private final Map<String, Integer> held = new HashMap<>();
  private int total;

  BlockingReadLimit(int limit) {
    this.limit = limit;
    this.perAddress = Math.max(1, limit / 2);
  }

  /**
   * Acquires a permit. The caller must return the permit with {@link #release}.
   *
   * @param address the client address, or the network of an IPv6 address
   * @return true if a permit was acquired; false if no permit is available
   */
  synchronized boolean tryAcquire(String address) {
    int own = held.getOrDefault(address, 0);
    if (total >= limit || own >= perAddress) {
      return false;
    }
    held.put(address, own + 1);
    total++;
    return true;
  }

  synchronized void release(String address) {
    held.computeIfPresent(address, (key, own) -> own > 1 ? own - 1 : null);
    total--;
  }
}
