package io.accesstokens.app.client;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.accesstokens.token.policy.ChangeLimit;
import io.accesstokens.verify.EntityRef;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Optional;

/**
 * Limits the rate at which a user creates and revokes personal tokens. A separate instance limits
 * exchanges for short-lived tokens. Each process counts separately.
 */
public final class PersonalTokenChangeLimit implements ChangeLimit {

  /** Maximum number of users in memory. Each user needs about 500 bytes. */
  private static final int MAX_USERS = 100_000;

  private final int perMinute;
  private final LoadingCache<EntityRef, Bucket> users;

  /**
   * Creates a limit on the operations of each user.
   *
   * @param perMinute the maximum number of operations per user and minute; 0 for no limit
   */
  public PersonalTokenChangeLimit(int perMinute, TimeMeter time) {
    this.perMinute = perMinute;
    this.users =
        Caffeine.newBuilder()
            .maximumSize(MAX_USERS)
            .expireAfterAccess(RateLimitBuckets.PERIOD)
            .ticker(time::currentTimeNanos)
            .build(user -> RateLimitBuckets.perMinute(perMinute, time));
  }

  @Override
  public Optional<Duration> exceededBy(EntityRef user) {
    if (perMinute == 0) {
      return Optional.empty();
    }
    ConsumptionProbe probe = users.get(user).tryConsumeAndReturnRemaining(1);
    return probe.isConsumed()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
  }
}
