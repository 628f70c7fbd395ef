package io.accesstokens.jwt;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.JWSKeySelector;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import io.accesstokens.auth.remote.BoundedHttpClient;
import io.accesstokens.login.PublishedKeys;
import java.security.Key;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Caches the keys of an issuer. The package documentation contains the rules. */
final class IssuerKeys implements JWSKeySelector<SecurityContext> {

  /**
   * The times of the key cache.
   *
   * @param fresh the maximum age of cached keys
   * @param ahead the last part of {@code fresh}, in which a request refreshes the keys in the
   *     background
   * @param outage the maximum age of old keys that are used while new keys cannot be read; longer
   *     than {@code fresh}
   * @param interval the period in which the keys are read at most twice
   */
  record CacheTimes(Duration fresh, Duration ahead, Duration outage, Duration interval) {

    static final CacheTimes DEFAULT =
        new CacheTimes(
            Duration.ofMinutes(5),
            Duration.ofMinutes(1),
            Duration.ofHours(1),
            Duration.ofSeconds(5));
  }

  /**
   * Maximum time that a thread waits for one of the {@link #permits}, if other threads use all of
   * them. An issuer that works responds within this time.
   */
  private static final Duration SHORT_WAIT = Duration.ofMillis(500);

  private final TrustedIssuer issuer;
  private final CacheTimes times;
  private final Semaphore permits;
  private final PublishedKeys published;
  private final JWSVerificationKeySelector<SecurityContext> selector;

  /**
   * Creates a cache. Reads nothing yet.
   *
   * @param waiting the maximum number of threads that wait for a complete read of the keys. Further
   *     threads wait at most {@link #SHORT_WAIT} for a permit. Without a permit, they use the keys
   *     of the last read
   */
  IssuerKeys(
      TrustedIssuer issuer,
      CacheTimes times,
      int waiting,
      BoundedHttpClient client,
      ExecutorService executor) {
    this.issuer = issuer;
    this.times = times;
    permits = new Semaphore(waiting);
    published =
        new PublishedKeys(
            System.getLogger(IssuerKeys.class.getPackageName()),
            issuer.issuer(),
            issuer.keys(),
            issuer.timeout(),
            client);
    JWKSource<SecurityContext> kept =
        JWKSourceBuilder.<SecurityContext>create(published)
            // The second argument limits the time that a thread waits for the request of another
            // thread. The limit is the timeout of that request.
            .cache(times.fresh().toMillis(), issuer.timeout().toMillis())
            .refreshAheadCache(times.ahead().toMillis(), null, executor, false, null, false)
            // The cache keeps the old keys for the time "fresh" after this source has returned
            // them.
            .outageTolerant(times.outage().minus(times.fresh()).toMillis())
            .rateLimited(times.interval().toMillis())
            .build();
    selector = new JWSVerificationKeySelector<>(issuer.jwsAlgorithms(), kept);
  }

  boolean isAllowed(JWSHeader header) {
    return selector.isAllowed(header.getAlgorithm());
  }

  /**
   * Returns the issuer's keys that match the header of a token, or an empty list. The algorithm in
   * the header must be allowed (see {@link #isAllowed}).
   *
   * @throws KeySourceException if no key matches, and either the last read of the keys failed or
   *     too many threads wait for the keys
   */
  @Override
  public List<Key> selectJWSKeys(JWSHeader header, @Nullable SecurityContext context)
      throws KeySourceException {
    if (!acquirePermit()) {
      return selectFromLastRead(header, context);
    }
    List<Key> found;
    try {
      found = selector.selectJWSKeys(header, context);
    } catch (RateLimitReachedException e) {
      found = List.of();
    } finally {
      permits.release();
    }
    if (found.isEmpty() && !published.wereReadable()) {
      throw new KeySourceException(
          "no cached key matches the header of the JWT, and the keys of the issuer cannot be read"
              + " now");
    }
    return found;
  }

  private boolean acquirePermit() {
    try {
      return permits.tryAcquire(SHORT_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Selects keys from the last read, without waiting for a new read. Tokens with known keys
   * therefore stay valid while too many threads wait.
   *
   * @throws KeySourceException if no key of the last read matches
   */
  private List<Key> selectFromLastRead(JWSHeader header, @Nullable SecurityContext context)
      throws KeySourceException {
    // Old keys are for outages only, because the issuer may have withdrawn them.
    Optional<JWKSet> last =
        published.lastRead(published.wereReadable() ? times.fresh() : times.outage());
    if (last.isPresent()) {
      List<Key> found =
          new JWSVerificationKeySelector<>(
                  issuer.jwsAlgorithms(), new ImmutableJWKSet<>(last.get()))
              .selectJWSKeys(header, context);
      if (!found.isEmpty()) {
        return found;
      }
    }
    throw new KeySourceException("too many threads wait for the keys of the issuer");
  }
}
