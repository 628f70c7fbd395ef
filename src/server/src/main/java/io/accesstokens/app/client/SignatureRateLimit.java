package io.accesstokens.app.client;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.accesstokens.auth.SignatureLimit;
import io.accesstokens.verify.IpAddress;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Limits the number of wrong JWT signatures per minute from one client address. After a valid
 * signature, the subject of the JWT has its own limit at each client address. Wrong signatures for
 * other subjects do not count against this limit, and cannot block the subject.
 */
public final class SignatureRateLimit implements SignatureLimit {

  /**
   * Maximum number of buckets in memory. The number of subjects in memory has the same maximum.
   * Each bucket and each subject needs up to 1 KB.
   */
  private static final int MAX_REMEMBERED = 20_000;

  private static final Duration SUBJECT_TTL = Duration.ofHours(24);

  private static final int MAX_SUBJECT_LENGTH = 400;

  private final int perMinute;
  private final Consumer<@Nullable String> listener;
  private final LoadingCache<Source, Bucket> sources;
  private final Cache<String, Boolean> subjects;

  /**
   * Identifies one bucket.
   *
   * @param network the client address, or the network of an IPv6 address
   * @param subject the subject of the token; empty for all subjects without an earlier valid
   *     signature
   */
  private record Source(String network, String subject) {}

  /**
   * Creates a limit on wrong signatures for each client address.
   *
   * @param perMinute the maximum number of wrong signatures per minute; 0 for no limit
   * @param listener receives the client address of each refused request; null if the address is
   *     unknown
   */
  public SignatureRateLimit(int perMinute, TimeMeter time, Consumer<@Nullable String> listener) {
    this.perMinute = perMinute;
    this.listener = listener;
    this.sources = RateLimitBuckets.cache(MAX_REMEMBERED, perMinute, time);
    this.subjects =
        Caffeine.newBuilder()
            .maximumSize(MAX_REMEMBERED)
            .expireAfterAccess(SUBJECT_TTL)
            .ticker(time::currentTimeNanos)
            .build();
  }

  @Override
  public Optional<Duration> exceededBy(String subject, @Nullable String clientAddress) {
    if (perMinute == 0) {
      return Optional.empty();
    }
    Bucket left = sources.get(source(subject, clientAddress));
    if (left.getAvailableTokens() > 0) {
      return Optional.empty();
    }
    listener.accept(clientAddress);
    return Optional.of(
        Duration.ofNanos(left.estimateAbilityToConsume(1).getNanosToWaitForRefill()));
  }

  @Override
  public void recordResult(String subject, @Nullable String clientAddress, boolean valid) {
    if (perMinute == 0) {
      return;
    }
    if (!valid) {
      sources.get(source(subject, clientAddress)).tryConsume(1);
    } else if (subject.length() <= MAX_SUBJECT_LENGTH) {
      subjects.put(subject, true);
    }
  }

  private Source source(String subject, @Nullable String clientAddress) {
    boolean known = subjects.getIfPresent(subject) != null;
    return new Source(IpAddress.networkOf(clientAddress), known ? subject : "");
  }
}
