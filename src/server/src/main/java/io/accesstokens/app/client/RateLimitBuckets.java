package io.accesstokens.app.client;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;

/**
 * Creates buckets for rate limits, according to the token bucket algorithm. A new bucket contains
 * all permits of one minute. Used permits become available again one by one, within one minute.
 */
final class RateLimitBuckets {

  /**
   * Time after which an unused bucket is full again. A cache can then remove the bucket, because a
   * new bucket is full as well.
   */
  static final Duration PERIOD = Duration.ofMinutes(1);

  private RateLimitBuckets() {}

  /**
   * Returns a cache with one bucket for each key.
   *
   * @param maxBuckets the maximum number of buckets in memory
   */
  static <K> LoadingCache<K, Bucket> cache(int maxBuckets, int perMinute, TimeMeter time) {
    return Caffeine.newBuilder()
        .maximumSize(maxBuckets)
        .expireAfterAccess(PERIOD)
        .ticker(time::currentTimeNanos)
        .build(key -> perMinute(perMinute, time));
  }

  static Bucket perMinute(int count, TimeMeter time) {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(count).refillGreedy(count, PERIOD))
        .withCustomTimePrecision(time)
        .build();
  }
}
