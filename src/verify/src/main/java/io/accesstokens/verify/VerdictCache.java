package io.accesstokens.verify;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where what is known of digests lies, bounded by entries. A load takes its place before it reads;
 * an eviction takes the place away, so that a late result is seen by nobody who comes later.
 *
 * <p>Not {@code get(key, loader)}: with it an eviction waits for the load, and a clearing misses
 * it.
 */
final class VerdictCache {

  /** How many refused digests are kept; a flood of them displaces others of its kind only. */
  private static final int MAXIMUM_UNKNOWN = 10_000;

  /**
   * That there is no token of a digest. Counts from when its load has kept its place until then.
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
    // In the calling thread: the common pool's threads would keep this class loader alive.
    known = Caffeine.newBuilder().maximumSize(maximumEntries).executor(Runnable::run).buildAsync();
    unknown = Caffeine.newBuilder().maximumSize(MAXIMUM_UNKNOWN).executor(Runnable::run).build();
  }

  /** What has been loaded of a digest, or null. */
  @Nullable CachedToken loaded(TokenDigest digest) {
    CompletableFuture<CachedToken> place = known.getIfPresent(digest);
    return place != null && place.isDone() && !place.isCompletedExceptionally()
        ? place.getNow(null)
        : null;
  }

  /** Whether it is known that there is no such token. */
  boolean isUnknown(TokenDigest digest, long monotonic) {
    Unknown refused = unknown.getIfPresent(digest);
    return refused != null && refused.confirmed && monotonic - refused.until < 0;
  }

  /** Takes the place of a digest; answers who has it already, or null. */
  @Nullable CompletableFuture<CachedToken> take(
      TokenDigest digest, CompletableFuture<CachedToken> mine) {
    return known.asMap().putIfAbsent(digest, mine);
  }

  /** Gives a place up, if it is still held. */
  boolean leave(TokenDigest digest, CompletableFuture<CachedToken> place) {
    return known.asMap().remove(digest, place);
  }

  /**
   * Gives a place up because there is no such token. That counts only if the place was held up to
   * now: whoever took it away may have made the token known.
   */
  void leaveAsUnknown(TokenDigest digest, CompletableFuture<CachedToken> place, long until) {
    Unknown refused = new Unknown(until);
    unknown.put(digest, refused);
    if (leave(digest, place)) {
      refused.confirmed = true;
    } else {
      unknown.asMap().remove(digest, refused);
    }
  }

  /** The place first, then the refusal: see {@link #leaveAsUnknown}. */
  void evict(TokenDigest digest) {
    known.asMap().remove(digest);
    unknown.invalidate(digest);
  }
}
