package io.accesstokens.ldap;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Relies for a while on what was found out, and then finds it out again. Those who ask for the same
 * at the same time share one search; one that fails is remembered by nobody.
 *
 * @param <K> what is asked for
 * @param <V> what is found
 */
final class LdapCache<K, V> {

  private static final int MOST = 10_000;

  private final Function<K, V> search;
  private final AsyncCache<K, V> found;

  /**
   * @param relied for how long; zero: not at all
   * @param search in the thread of whoever asks first
   */
  LdapCache(Duration relied, Function<K, V> search, Ticker ticker) {
    this.search = search;
    this.found =
        Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfterWrite(relied)
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
      // Cancelled, not failed: the cache would log each failure with its stack trace.
      found.asMap().remove(key, mine);
      mine.cancel(false);
      throw e;
    }
  }

  /** The search has time-outs, so it ends. */
  private V shared(CompletableFuture<V> others) {
    try {
      return others.join();
    } catch (CancellationException e) {
      throw new LdapUnavailableException("another search for the same failed", e);
    }
  }
}
