package io.accesstokens.app.client;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;

/** Buckets that let so much through a minute: all at once, and then as it comes back one by one. */
final class RateLimitBuckets {

  /** By then a bucket that nobody touched is full again, as a new one is. */
  static final Duration PERIOD = Duration.ofMinutes(1);

  private RateLimitBuckets() {}

  static Bucket perMinute(int count, TimeMeter time) {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(count).refillGreedy(count, PERIOD))
        .withCustomTimePrecision(time)
        .build();
  }
}
