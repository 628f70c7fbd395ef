package io.accesstokens.app.client;

import com.github.benmanes.caffeine.cache.LoadingCache;
import io.accesstokens.token.policy.ChangeLimit;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Optional;

/**
 * Limits the rate of the changes that each caller makes. There are separate instances for changes
 * of service tokens, for changes of personal tokens, for exchanges for short-lived tokens, and for
 * self-rotations. Each process counts separately.
 *
 * @param <K> the type that identifies the callers
 */
public final class ChangeRateLimit<K> implements ChangeLimit<K> {

  /** Maximum number of callers in memory. Each caller needs about 500 bytes. */
  private static final int MAX_CALLERS = 100_000;

  private final int perMinute;
  private final LoadingCache<K, Bucket> callers;

  /**
   * Creates a limit on the operations of each caller.
   *
   * @param perMinute the maximum number of operations per caller and minute; 0 for no limit
   */
  public ChangeRateLimit(int perMinute, TimeMeter time) {
    this.perMinute = perMinute;
    this.callers = RateLimitBuckets.cache(MAX_CALLERS, perMinute, time);
  }

  @Override
  public Optional<Duration> exceededBy(K caller) {
    if (perMinute == 0) {
      return Optional.empty();
    }
    ConsumptionProbe probe = callers.get(caller).tryConsumeAndReturnRemaining(1);
    return probe.isConsumed()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
  }
}
