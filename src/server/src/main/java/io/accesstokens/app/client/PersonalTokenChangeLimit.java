package io.accesstokens.app.client;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.accesstokens.token.ChangeLimit;
import io.accesstokens.verify.EntityRef;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Optional;

/** Lets a user make and revoke so many personal tokens a minute. Each process counts for itself. */
public final class PersonalTokenChangeLimit implements ChangeLimit {

  /** Those who came last or most often are kept; about half a kilobyte each. */
  private static final int MOST_USERS = 100_000;

  private final int perMinute;
  private final LoadingCache<EntityRef, Bucket> users;

  /**
   * @param perMinute how many; 0 for no limit
   */
  public PersonalTokenChangeLimit(int perMinute, TimeMeter time) {
    this.perMinute = perMinute;
    this.users =
        Caffeine.newBuilder()
            .maximumSize(MOST_USERS)
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
