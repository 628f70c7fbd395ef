package io.accesstokens.verify;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Caches token facts by digest, with a bounded number of entries. A load reserves its entry before
 * it reads the store, and an eviction removes that entry. So a late result is never visible to
 * later requests.
 *
 * <p>It does not use {@code get(key, loader)}. With that method an eviction would wait for the
 * load, and a clear would miss it.
 */
final class VerdictCache {

  /**
   * The maximum number of unknown digests. A flood of them displaces only other unknown digests.
   */
  private static final int MAXIMUM_UNKNOWN = 10_000;

  /**
   * Records that a digest has no token. It counts only after its load has confirmed it, and until
   * its end time.
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
    // Runs in the calling thread, because threads of the common pool would keep this class loader
    // alive.
    known = Caffeine.newBuilder().maximumSize(maximumEntries).executor(Runnable::run).buildAsync();
    unknown = Caffeine.newBuilder().maximumSize(MAXIMUM_UNKNOWN).executor(Runnable::run).build();
  }

  /** Returns the loaded facts of a digest, or null. */
  @Nullable CachedToken loaded(TokenDigest digest) {
    CompletableFuture<CachedToken> entry = known.getIfPresent(digest);
    return entry != null && entry.isDone() && !entry.isCompletedExceptionally()
        ? entry.getNow(null)
        : null;
  }

  /** Returns true if the cache knows that there is no such token. */
  boolean isUnknown(TokenDigest digest, long monotonic) {
    Unknown refused = unknown.getIfPresent(digest);
    return refused != null && refused.confirmed && monotonic - refused.until < 0;
  }

  /**
   * Reserves the entry of a digest. Returns null on success, otherwise the existing reservation.
   */
  @Nullable CompletableFuture<CachedToken> take(
      TokenDigest digest, CompletableFuture<CachedToken> mine) {
    return known.asMap().putIfAbsent(digest, mine);
  }

  /** Releases a reservation. Returns true if it was still held. */
  boolean leave(TokenDigest digest, CompletableFuture<CachedToken> entry) {
    return known.asMap().remove(digest, entry);
  }

  /**
   * Releases a reservation because there is no such token. This counts only if the reservation was
   * held until now: an eviction may have removed it because the token has become known.
   */
  void leaveAsUnknown(TokenDigest digest, CompletableFuture<CachedToken> entry, long until) {
    Unknown refused = new Unknown(until);
    unknown.put(digest, refused);
    if (leave(digest, entry)) {
      refused.confirmed = true;
    } else {
      unknown.asMap().remove(digest, refused);
    }
  }

  /** Removes the facts first and the unknown record second: see {@link #leaveAsUnknown}. */
  void evict(TokenDigest digest) {
    known.asMap().remove(digest);
    unknown.invalidate(digest);
  }
}
