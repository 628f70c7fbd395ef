package io.accesstokens.app.client;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.accesstokens.auth.UnknownTokenLimit;
import io.accesstokens.verify.IpAddress;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Limits the number of unknown tokens that a client can send per minute. Each unknown token needs a
 * permit. A new client has all permits of one minute. Used permits become available again one by
 * one. {@link IpAddress#networkOf} defines which addresses count as one client.
 */
public final class UnknownTokenRateLimit implements UnknownTokenLimit {

  /** Maximum number of clients in memory. Each client needs about 500 bytes. */
  private static final int MAX_CLIENTS = 100_000;

  private final int perMinute;
  private final TimeMeter time;
  private final Consumer<@Nullable String> listener;
  private final LoadingCache<String, Client> clients;

  private record Client(Bucket bucket, AtomicBoolean reported) {}

  /**
   * Creates a limit on unknown tokens for each client address.
   *
   * @param perMinute the maximum number of unknown tokens per client and minute; 0 for no limit
   * @param listener receives the address of a client that exceeds the limit; null if the address is
   *     unknown. The listener receives the address again only after the client has sent no unknown
   *     token for a minute
   */
  public UnknownTokenRateLimit(int perMinute, TimeMeter time, Consumer<@Nullable String> listener) {
    this.perMinute = perMinute;
    this.time = time;
    this.listener = listener;
    this.clients =
        Caffeine.newBuilder()
            .maximumSize(MAX_CLIENTS)
            .expireAfterAccess(RateLimitBuckets.PERIOD)
            .ticker(time::currentTimeNanos)
            .build(network -> newClient());
  }

  private Client newClient() {
    return new Client(RateLimitBuckets.perMinute(perMinute, time), new AtomicBoolean());
  }

  /** Returns the number of clients in memory. */
  long clients() {
    clients.cleanUp();
    return clients.estimatedSize();
  }

  @Override
  public Optional<Duration> exceededBy(@Nullable String clientAddress) {
    if (perMinute == 0) {
      return Optional.empty();
    }
    Client client = clients.get(IpAddress.networkOf(clientAddress));
    ConsumptionProbe probe = client.bucket().tryConsumeAndReturnRemaining(1);
    if (probe.isConsumed()) {
      return Optional.empty();
    }
    if (client.reported().compareAndSet(false, true)) {
      listener.accept(clientAddress);
    }
    return Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
  }
}
