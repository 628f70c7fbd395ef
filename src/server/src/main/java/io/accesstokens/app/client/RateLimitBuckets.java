package io.accesstokens.app.client;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;

/**
 * Creates buckets for rate limits, according to the token bucket algorithm. A new bucket contains
 * all permits of one minute. Used permits become available again one by one, within one minute.
 */
final class RateLimitBuckets {

  /**
   * Time after which an unused bucket is full again. Then a cache can remove the bucket, because a
   * new bucket is also full.
   */
  static final Duration PERIOD = Duration.ofMinutes(1);

  private RateLimitBuckets() {}

  static Bucket perMinute(int count, TimeMeter time) {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(count).refillGreedy(count, PERIOD))
        .withCustomTimePrecision(time)
        .build();
  }
}
