package io.accesstokens.ldap;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Caches the results of searches for a limited time. Concurrent callers with the same key share one
 * search. If many callers wait for the searches of other threads, further callers wait for a short
 * time only. A failed search is not cached.
 *
 * @param <K> the type of the key
 * @param <V> the type of the result
 */
final class LdapCache<K, V> {

  private static final int MAX = 10_000;

  private final LdapConnections connections;
  private final Function<K, V> search;
  private final AsyncCache<K, V> found;

  /**
   * Creates a cache.
   *
   * @param connections limits the waits for the searches of other threads
   * @param maxAge the maximum age of a result in the cache; zero disables the cache
   * @param search finds the result for a key; runs in the thread of the first caller
   */
  LdapCache(LdapConnections connections, Duration maxAge, Function<K, V> search, Ticker ticker) {
    this.connections = connections;
    this.search = search;
    this.found =
        Caffeine.newBuilder()
            .maximumSize(MAX)
            .expireAfterWrite(maxAge)
            .ticker(ticker)
            .executor(Runnable::run)
            .buildAsync();
  }

  V get(K key) {
    CompletableFuture<V> mine = new CompletableFuture<>();
    CompletableFuture<V> others = found.asMap().putIfAbsent(key, mine);
    if (others != null) {
      return shared(others);
    }
    try {
      V value = search.apply(key);
      mine.complete(value);
      return value;
    } catch (RuntimeException | Error e) {
      // Cancel the future instead of completing it with the exception. The cache would log such an
      // exception with its stack trace.
      found.asMap().remove(key, mine);
      mine.cancel(false);
      throw e;
    }
  }

  /** Removes the cached result for a key. The next {@link #get} searches again. */
  void remove(K key) {
    found.synchronous().invalidate(key);
  }

  /** Replaces the cached result for a key. */
  void put(K key, V value) {
    found.put(key, CompletableFuture.completedFuture(value));
  }

  /**
   * Returns the result of a search that another thread has started. If the search has not ended,
   * waits for its end. Throws {@link LdapUnavailableException} if the search fails or takes too
   * long.
   */
  private V shared(CompletableFuture<V> others) {
    try {
      return others.isDone() ? others.join() : connections.await(others);
    } catch (CancellationException e) {
      throw new LdapUnavailableException(
          "the search of another thread for the same key has failed", e);
    }
  }
}
