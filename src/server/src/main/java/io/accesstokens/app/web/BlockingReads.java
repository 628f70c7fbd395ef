package io.accesstokens.app.web;

import java.util.HashMap;
import java.util.Map;

/**
 * Limits the threads that read request bodies in blocking reads. One client address gets at most
 * half of them, so that it cannot keep all others from sending such bodies.
 */
final class BlockingReads {

  private final int limit;
  private final int perAddress;

  // guarded by this
  private final Map<String, Integer> held = new HashMap<>();
  private int total;

  BlockingReads(int limit) {
    this.limit = limit;
    this.perAddress = Math.max(1, limit / 2);
  }

  /**
   * Acquires a permit, which {@link #release} returns.
   *
   * @param address the client address, or its network for IPv6
   * @return false if no permit is available
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
