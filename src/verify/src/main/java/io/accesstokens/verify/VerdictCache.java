package io.accesstokens.verify;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Caches the facts of tokens by the digest of the token, with a bounded number of entries. A load
 * reserves its entry before it reads the store. An eviction of the digest removes this reservation.
 * Therefore, later requests never see the result of a load that began before the eviction.
 *
 * <p>A hash map holds the facts, because Caffeine is slower: at each hit, Caffeine reads three more
 * objects and writes to a buffer. Caffeine's method {@code get(key, loader)} has two more
 * disadvantages: an eviction waits for a running load, and clearing the cache does not discard a
 * running load.
 *
 * <p>A full cache removes facts by the CLOCK algorithm. The algorithm visits the facts in the order
 * of the hash map, and removes facts that were not used since the last visit. This order is random,
 * because the keys are SHA-256 digests.
 */
final class VerdictCache {

  /** An entry of the cache: cached facts, or the reservation of a load. */
  sealed interface Entry permits CachedToken, Reservation {}

  /** Reserves the entry of a digest for a load. */
  static final class Reservation implements Entry {

    /**
     * The result of the load; null if no token has the digest. Fails if the load fails, and is
     * cancelled if the loading thread was interrupted.
     */
    final CompletableFuture<@Nullable CachedToken> result = new CompletableFuture<>();
  }

  /**
   * Maximum number of digests that are cached as unknown. A digest is unknown if no token has it.
   * Many unknown digests evict only other unknown digests, never the facts of tokens.
   */
  private static final int MAXIMUM_UNKNOWN = 10_000;

  /**
   * Maximum number of recently used facts that a full cache skips for one removal. This limit keeps
   * a removal short even if all facts were used.
   */
  private static final int MAXIMUM_SKIPPED = 16;

  /**
   * The cache entry of an unknown digest. The entry is valid after its confirmation by {@link
   * #releaseAsUnknown}, until its end time.
   */
  private static final class Unknown {
    private final long until;
    private volatile boolean confirmed;

    Unknown(long until) {
      this.until = until;
    }
  }

  private final ConcurrentHashMap<TokenDigest, Entry> known = new ConcurrentHashMap<>();
  private final Cache<TokenDigest, Unknown> unknown;
  private final int maximumEntries;

  /**
   * The number of cached facts, without reservations. This number changes right after {@link
   * #known}.
   */
  private final AtomicInteger facts = new AtomicInteger();

  /**
   * The sum of the weights of all cached facts. The sum equals {@link #facts} if no token has many
   * scopes.
   */
  private final AtomicLong weight = new AtomicLong();

  private final Object removal = new Object();
  private Iterator<Map.Entry<TokenDigest, Entry>> hand = Collections.emptyIterator();

  /**
   * Creates an empty cache.
   *
   * @param maximumEntries the maximum {@link CachedToken#weight} of all cached facts together
   */
  VerdictCache(int maximumEntries) {
    this.maximumEntries = maximumEntries;
    // The cache runs its tasks in the calling thread, so it needs no thread of the common pool.
    unknown = Caffeine.newBuilder().maximumSize(MAXIMUM_UNKNOWN).executor(Runnable::run).build();
  }

  /** Returns the approximate number of tokens whose facts are cached. */
  long size() {
    return Math.max(0, facts.get()); // the eviction of facts can be counted before their load
  }

  /**
   * Returns the cached facts of a digest; null if no facts are cached, or if the facts are still
   * being loaded.
   */
  @Nullable CachedToken loaded(TokenDigest digest) {
    return known.get(digest) instanceof CachedToken token ? token : null;
  }

  /**
   * Returns true if a digest is cached as unknown.
   *
   * @param monotonic the current time, in nanoseconds of the monotonic clock
   */
  boolean isUnknown(TokenDigest digest, long monotonic) {
    Unknown refused = unknown.getIfPresent(digest);
    return refused != null && refused.confirmed && monotonic - refused.until < 0;
  }

  /** Reserves the entry of a digest. Returns null on success, or the existing entry. */
  @Nullable Entry reserve(TokenDigest digest, Reservation mine) {
    return known.putIfAbsent(digest, mine);
  }

  /**
   * Replaces a reservation with the loaded facts. If an eviction has already removed the
   * reservation, the facts are not cached, because they may be outdated.
   */
  void complete(TokenDigest digest, Reservation mine, CachedToken token) {
    if (known.replace(digest, mine, token)) {
      facts.incrementAndGet();
      if (weight.addAndGet(weight(token)) > maximumEntries) {
        removeUnused();
      }
    }
  }

  /**
   * Returns the weight of facts, but at most the maximum weight of the cache. Therefore, a cache of
   * any size can hold at least one token.
   */
  private int weight(CachedToken token) {
    return Math.min(token.weight(), maximumEntries);
  }

  /**
   * Removes an entry. Returns false if the entry no longer exists, for example after an eviction.
   */
  boolean release(TokenDigest digest, Entry entry) {
    boolean removed = known.remove(digest, entry);
    if (removed) {
      countRemoval(entry);
    }
    return removed;
  }

  private void countRemoval(@Nullable Entry entry) {
    if (entry instanceof CachedToken token) {
      facts.decrementAndGet();
      weight.addAndGet(-weight(token));
    }
  }

  /**
   * Removes a reservation, and caches its digest as unknown. If an eviction has already removed the
   * reservation, the digest is not cached, because the token may exist now.
   *
   * @param until the end time of the new entry, in nanoseconds of the monotonic clock
   */
  void releaseAsUnknown(TokenDigest digest, Reservation mine, long until) {
    Unknown refused = new Unknown(until);
    unknown.put(digest, refused);
    if (release(digest, mine)) {
      refused.confirmed = true;
    } else {
      unknown.asMap().remove(digest, refused);
    }
  }

  /**
   * Removes the cached facts or the reservation of a digest, and then the entry that caches the
   * digest as unknown. In the other order, {@link #releaseAsUnknown} could confirm an outdated
   * entry between the two steps.
   */
  void evict(TokenDigest digest) {
    countRemoval(known.remove(digest));
    unknown.invalidate(digest);
  }

  /** Removes facts that were not used recently, until the cache is no longer too large. */
  private void removeUnused() {
    synchronized (removal) {
      int skipped = 0;
      while (weight.get() > maximumEntries) {
        if (!hand.hasNext()) {
          hand = known.entrySet().iterator();
          if (!hand.hasNext()) {
            return; // all entries were evicted meanwhile
          }
        }
        Map.Entry<TokenDigest, Entry> visited = hand.next();
        if (visited.getValue() instanceof CachedToken token
            && (!token.clearUsed() || skipped++ >= MAXIMUM_SKIPPED)
            && release(visited.getKey(), token)) {
          skipped = 0;
        }
      }
    }
  }
}
