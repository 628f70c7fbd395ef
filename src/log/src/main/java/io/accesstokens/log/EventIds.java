package io.accesstokens.log;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.UUID;

/**
 * A set of event ids that keeps only 8 bytes of each id: a fingerprint with a random seed. Two
 * different ids have the same fingerprint with a probability of 2<sup>-64</sup>. Not thread-safe.
 */
final class EventIds {

  private final long seed = new SecureRandom().nextLong();
  private long[] table = new long[1_024];
  private int count;

  /** Adds an id. Returns false if the set already contains the id. */
  boolean add(String id) {
    if (4L * count >= 3L * table.length) {
      grow();
    }
    boolean added = put(table, fingerprint(id));
    count += added ? 1 : 0;
    return added;
  }

  private void grow() {
    long[] larger = new long[Math.multiplyExact(table.length, 2)];
    for (long fingerprint : table) {
      if (fingerprint != 0) {
        var unused = put(larger, fingerprint);
      }
    }
    table = larger;
  }

  private static boolean put(long[] table, long fingerprint) {
    int mask = table.length - 1;
    int at = (int) fingerprint & mask;
    while (table[at] != 0 && table[at] != fingerprint) {
      at = (at + 1) & mask;
    }
    boolean added = table[at] == 0;
    table[at] = fingerprint;
    return added;
  }

  /**
   * Returns the fingerprint of an id. The result is never 0, because 0 marks an empty element of
   * the table.
   */
  private long fingerprint(String id) {
    UUID uuid = uuid(id);
    long hash = mixed(mixed(uuid.getMostSignificantBits() ^ seed) + uuid.getLeastSignificantBits());
    return hash == 0 ? 1 : hash;
  }

  private static UUID uuid(String id) {
    try {
      return UUID.fromString(id);
    } catch (IllegalArgumentException e) {
      return UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8));
    }
  }

  /**
   * The finalizer of SplitMix64 (Steele, Lea and Flood, 2014). The function maps different numbers
   * to different numbers.
   */
  private static long mixed(long number) {
    long mixed = (number ^ (number >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
