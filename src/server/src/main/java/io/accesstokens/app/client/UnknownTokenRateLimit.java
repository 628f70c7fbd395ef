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
 * Lets a client try so many unknown tokens a minute: all at once, and then as they come back one by
 * one. What counts as a client is {@link #networkOf}.
 */
public final class UnknownTokenRateLimit implements UnknownTokenLimit {

  /** Those who came last or most often are kept; about half a kilobyte each. */
  private static final int MOST_CLIENTS = 100_000;

  private final int perMinute;
  private final TimeMeter time;
  private final Consumer<String> listener;
  private final LoadingCache<String, Client> clients;

  private record Client(Bucket bucket, AtomicBoolean told) {}

  /**
   * @param perMinute how many; 0 for no limit
   * @param listener is told a client's address when it begins to be limited, and not again until it
   *     has been quiet for a minute
   */
  public UnknownTokenRateLimit(int perMinute, TimeMeter time, Consumer<String> listener) {
    this.perMinute = perMinute;
    this.time = time;
    this.listener = listener;
    this.clients =
        Caffeine.newBuilder()
            .maximumSize(MOST_CLIENTS)
            .expireAfterAccess(RateLimitBuckets.PERIOD)
            .ticker(time::currentTimeNanos)
            .build(network -> newClient());
  }

  private Client newClient() {
    return new Client(RateLimitBuckets.perMinute(perMinute, time), new AtomicBoolean());
  }

  /**
   * What limits count as one client: an IPv4 address, or a network of IPv6. Whatever has no address
   * is one client, too.
   */
  public static String networkOf(@Nullable String clientAddress) {
    if (clientAddress == null) {
      return "";
    }
    return clientAddress.indexOf(':') < 0
        ? clientAddress
        : IpAddress.parse(clientAddress)
            .map(address -> address.network().toString())
            .orElse(clientAddress);
  }

  /** How many clients are remembered. */
  long clients() {
    clients.cleanUp();
    return clients.estimatedSize();
  }

  @Override
  public Optional<Duration> exceededBy(@Nullable String clientAddress) {
    if (perMinute == 0) {
      return Optional.empty();
    }
    Client client = clients.get(networkOf(clientAddress));
    ConsumptionProbe probe = client.bucket().tryConsumeAndReturnRemaining(1);
    if (probe.isConsumed()) {
      return Optional.empty();
    }
    if (client.told().compareAndSet(false, true)) {
      listener.accept(clientAddress == null ? "" : clientAddress);
    }
    return Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
  }
}
