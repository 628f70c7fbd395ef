package io.accesstokens.directory;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.accesstokens.token.directory.DirectoryUnavailableException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Caches values of a remote source, and refreshes the values in the background.
 *
 * <ol>
 *   <li>The age of a value begins immediately before the request for the value is sent.
 *   <li>The cache returns a fresh value without a request.
 *   <li>If a value is not fresh but also not stale, the cache returns the value and refreshes it
 *       with one background request.
 *   <li>If the value is stale or missing, callers wait for one shared request. Each caller has its
 *       own timeout, which is short if many callers wait.
 *   <li>After a failed request, the cache keeps the earlier value. The age of this value continues
 *       to grow.
 * </ol>
 *
 * @param <K> the type of the key
 * @param <V> the type of the value; immutable
 */
final class RefreshingCache<K, V> {

  /** The remote source of the values. */
  @FunctionalInterface
  interface Source<K, V> {
    /**
     * Requests a value. Does not block.
     *
     * @param earlier the previous value, of any age; null if there is none
     * @return a future of the value, which completes in bounded time; the future fails with a
     *     {@link CatalogException} if the value cannot be read
     */
    CompletableFuture<V> request(K key, @Nullable V earlier);
  }

  /**
   * The age limits of a value.
   *
   * @param fresh the age up to which a value is returned without a refresh
   * @param stale the maximum age of a returned value; at least {@code fresh}
   */
  record Ages(Duration fresh, Duration stale) {}

  /**
   * A cached value.
   *
   * @param requestedNanos the time at which the value was requested, in nanoseconds of {@code
   *     nanoTime}
   */
  private record CachedValue<V>(V value, long requestedNanos) {
    boolean isWithin(Duration age, long now) {
      return now - requestedNanos <= age.toNanos();
    }
  }

  /**
   * Maximum wait of a caller, if many callers already wait. A catalog that works responds within
   * this time.
   */
  private static final Duration SHORT_WAIT = Duration.ofMillis(500);

  private final Source<K, V> source;
  private final Ages ages;
  private final Semaphore waiting;
  private final LongSupplier nanoTime;
  private final LoadingCache<K, CacheEntry> entries;

  /**
   * Creates a cache.
   *
   * @param maximum the maximum number of values
   * @param waiting one permit for each caller that may wait as long as its timeout. Further callers
   *     wait at most {@link #SHORT_WAIT}
   * @param nanoTime a clock in nanoseconds, such as {@link System#nanoTime}
   */
  RefreshingCache(
      Source<K, V> source, Ages ages, int maximum, Semaphore waiting, LongSupplier nanoTime) {
    this.source = source;
    this.ages = ages;
    this.waiting = waiting;
    this.nanoTime = nanoTime;
    this.entries = Caffeine.newBuilder().maximumSize(maximum).build(CacheEntry::new);
  }

  /**
   * Returns a value that is not stale. If the cache has no such value, waits for the response to a
   * request.
   *
   * @param timeout the maximum time to wait
   * @throws DirectoryUnavailableException if the request fails or takes longer than the timeout. If
   *     many callers wait, the timeout is at most {@link #SHORT_WAIT}
   */
  V get(K key, Duration timeout) {
    return get(key, ages.stale(), timeout);
  }

  /**
   * Returns the cached value if it is not older than the given age. Otherwise waits for the value
   * of a pending request or of a new request.
   *
   * @param age the maximum age of a cached value
   * @param timeout the maximum time to wait
   * @throws DirectoryUnavailableException if the request fails or takes longer than the timeout. If
   *     many callers wait, the timeout is at most {@link #SHORT_WAIT}
   */
  V get(K key, Duration age, Duration timeout) {
    CacheEntry entry = entries.get(key);
    Optional<V> known = entry.cached(age);
    return known.isPresent() ? known.get() : await(entry.request(age), timeout);
  }

  /**
   * Returns the cached value, or empty if the value is stale or missing. Does not wait. If the
   * cached value is missing or not fresh, requests a new value in the background.
   */
  Optional<V> peek(K key) {
    CacheEntry entry = entries.get(key);
    Optional<V> known = entry.cached(ages.stale());
    if (known.isEmpty()) {
      var unused = entry.request(ages.stale());
    }
    return known;
  }

  /** The cached value and the pending request of one key. */
  private final class CacheEntry {

    private final K key;
    private volatile @Nullable CachedValue<V> last;
    private @Nullable CompletableFuture<V> pendingRequest;

    CacheEntry(K key) {
      this.key = key;
    }

    Optional<V> cached(Duration age) {
      CachedValue<V> known = last;
      long now = nanoTime.getAsLong();
      if (known == null || !known.isWithin(age, now)) {
        return Optional.empty();
      }
      if (!known.isWithin(ages.fresh(), now)) {
        var unused = request(ages.fresh());
      }
      return Optional.of(known.value());
    }

    /**
     * Returns a future of the value, from the first possible source:
     *
     * <ul>
     *   <li>the pending request, if there is one;
     *   <li>the cached value, if it is not older than the given age. Another thread can have stored
     *       this value after the caller read the cache;
     *   <li>a new request.
     * </ul>
     */
    synchronized CompletableFuture<V> request(Duration age) {
      if (pendingRequest != null) {
        return pendingRequest;
      }
      long now = nanoTime.getAsLong();
      CachedValue<V> earlier = last;
      if (earlier != null && earlier.isWithin(age, now)) {
        return CompletableFuture.completedFuture(earlier.value());
      }
      CompletableFuture<V> pending =
          source
              .request(key, earlier == null ? null : earlier.value())
              .whenComplete((value, thrown) -> complete(value, now));
      pendingRequest = pending.isDone() ? null : pending;
      return pending;
    }

    private synchronized void complete(@Nullable V value, long requestedNanos) {
      if (value != null) {
        last = new CachedValue<>(value, requestedNanos);
      }
      pendingRequest = null;
    }
  }

  private V await(CompletableFuture<V> pending, Duration timeout) {
    boolean isLong = waiting.tryAcquire();
    try {
      long nanos = isLong ? timeout.toNanos() : Math.min(timeout.toNanos(), SHORT_WAIT.toNanos());
      return pending.get(nanos, TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new DirectoryUnavailableException(
          "the catalog " + CatalogException.reason(e.getCause()), e);
    } catch (TimeoutException e) {
      throw new DirectoryUnavailableException("the catalog did not respond in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DirectoryUnavailableException("the server is stopping", e);
    } finally {
      if (isLong) {
        waiting.release();
      }
    }
  }
}
