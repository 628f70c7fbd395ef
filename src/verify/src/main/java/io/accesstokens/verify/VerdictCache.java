package io.accesstokens.verify;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Caches token facts by digest, with a bounded number of entries. A load reserves its entry before
 * it reads the store, and an eviction removes that entry. So later requests never see the result of
 * a load that began before the eviction.
 *
 * <p>This class does not use Caffeine's method {@code get(key, loader)}. With that method, an
 * eviction would wait for a running load, and clearing the cache would not discard a running load.
 */
final class VerdictCache {

  /**
   * Maximum number of digests that are cached as unknown. A digest is unknown if no token has it.
   * Many unknown digests evict only other unknown digests, never the facts of tokens.
   */
  private static final int MAXIMUM_UNKNOWN = 10_000;

  /**
   * The cache entry of an unknown digest. The entry becomes valid when a load confirms it. The
   * entry is then valid until its end time.
   */
  private static final class Unknown {
    private final long until;
    private volatile boolean confirmed;

    Unknown(long until) {
      this.until = until;
    }
  }

  private final AsyncCache<TokenDigest, CachedToken> known;
  private final Cache<TokenDigest, Unknown> unknown;

  VerdictCache(int maximumEntries) {
    // The caches run their tasks in the calling thread, because threads of the common pool would
    // keep this class loader alive.
    known = Caffeine.newBuilder().maximumSize(maximumEntries).executor(Runnable::run).buildAsync();
    unknown = Caffeine.newBuilder().maximumSize(MAXIMUM_UNKNOWN).executor(Runnable::run).build();
  }

  /** Returns the approximate number of tokens whose facts are cached or are being loaded. */
  long size() {
    return known.synchronous().estimatedSize();
  }

  /**
   * Returns the cached facts of a digest; null if no facts are cached, or if the facts are still
   * being loaded.
   */
  @Nullable CachedToken loaded(TokenDigest digest) {
    CompletableFuture<CachedToken> entry = known.getIfPresent(digest);
    return entry != null && entry.isDone() && !entry.isCompletedExceptionally()
        ? entry.getNow(null)
        : null;
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

  /**
   * Reserves the cache entry of a digest for a load. Returns null on success, or the existing entry
   * if there is one.
   *
   * @param mine the future that the load completes
   */
  @Nullable CompletableFuture<CachedToken> reserve(
      TokenDigest digest, CompletableFuture<CachedToken> mine) {
    return known.asMap().putIfAbsent(digest, mine);
  }

  /**
   * Removes the reservation of a cache entry. Returns false if the reservation no longer exists,
   * for example after an eviction.
   */
  boolean release(TokenDigest digest, CompletableFuture<CachedToken> entry) {
    return known.asMap().remove(digest, entry);
  }

  /**
   * Removes a reservation, and caches its digest as unknown. If an eviction has already removed the
   * reservation, the digest is not cached, because the token may exist now.
   *
   * @param until the end time of the new entry, in nanoseconds of the monotonic clock
   */
  void releaseAsUnknown(TokenDigest digest, CompletableFuture<CachedToken> entry, long until) {
    Unknown refused = new Unknown(until);
    unknown.put(digest, refused);
    if (release(digest, entry)) {
      refused.confirmed = true;
    } else {
      unknown.asMap().remove(digest, refused);
    }
  }

  /**
   * Removes the cached facts of a digest, and then the entry that caches the digest as unknown.
   * This order is necessary, because {@link #releaseAsUnknown} confirms an entry only while the
   * reservation exists.
   */
  void evict(TokenDigest digest) {
    known.asMap().remove(digest);
    unknown.invalidate(digest);
  }
}
