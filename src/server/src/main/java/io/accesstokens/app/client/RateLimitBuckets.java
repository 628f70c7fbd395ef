package io.accesstokens.app.client;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;

/**
 * Creates token buckets with a number of permits per minute. All permits are available at once, and
 * used permits return one by one.
 */
final class RateLimitBuckets {

  /** The time after which an unused bucket is full, and so equal to a new one. */
  static final Duration PERIOD = Duration.ofMinutes(1);

  private RateLimitBuckets() {}

  static Bucket perMinute(int count, TimeMeter time) {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(count).refillGreedy(count, PERIOD))
        .withCustomTimePrecision(time)
        .build();
  }
}
