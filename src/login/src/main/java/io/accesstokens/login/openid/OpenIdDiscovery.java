package io.accesstokens.login.openid;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import io.accesstokens.login.Bulkhead;
import io.accesstokens.login.PublishedKeys;
import io.accesstokens.login.SignInUnavailableException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads and caches the metadata of an OpenID provider (OpenID Connect Discovery 1.0). The metadata
 * is read at first use, and again at the first use after an hour. If a refresh fails, the old
 * metadata stays in use for at most one day after the last successful read. If there is no usable
 * metadata, each call reads the metadata again.
 */
final class OpenIdDiscovery {

  private static final Logger LOG = System.getLogger(OpenIdProvider.class.getName());

  private static final Duration FRESH = Duration.ofHours(1);
  private static final Duration KEYS_FRESH = Duration.ofMinutes(5);
  private static final Duration USABLE = Duration.ofDays(1);

  /**
   * Time between a failed refresh and the next refresh. During this time, callers get the old
   * metadata and do not wait for the provider.
   */
  private static final Duration RETRY_INTERVAL = Duration.ofSeconds(30);

  private static final int AT_A_TIME = 16;
  private static final int WAITING = 64;

  private final URI issuer;
  private final OpenIdConnections connections;
  private final InstantSource clock;
  private final Bulkhead bulkhead;
  private volatile @Nullable DiscoveredProvider provider;

  // The monitor of this object guards the following fields.
  private @Nullable OpenIdUnavailableException failure;
  private long failedAt;

  OpenIdDiscovery(URI issuer, OpenIdConnections connections, InstantSource clock) {
    this.issuer = issuer;
    this.connections = connections;
    this.clock = clock;
    this.bulkhead = new Bulkhead(AT_A_TIME, WAITING, connections.timeout());
  }

  /**
   * The metadata and the keys of the provider.
   *
   * @param keys a source of the provider's keys, which reads and caches the keys on demand
   * @param readAt the time at which the metadata was read
   * @param refreshAt the time of the next refresh
   */
  record DiscoveredProvider(
      OIDCProviderMetadata metadata,
      JWKSource<SecurityContext> keys,
      Instant readAt,
      Instant refreshAt) {

    /** Returns true if the refresh is due at this instant, or if the clock was set back. */
    boolean isRefreshDue(Instant now) {
      return !now.isBefore(refreshAt) || refreshAt.isAfter(now.plus(FRESH));
    }

    DiscoveredProvider refreshAt(Instant at) {
      return new DiscoveredProvider(metadata, keys, readAt, at);
    }
  }

  /**
   * Runs a request to the provider. Waits first if the maximum number of requests is running.
   *
   * @param source the network of the client, or {@link Bulkhead#COMMON}
   */
  <T> T inBulkhead(String source, Supplier<T> request) {
    return bulkhead.run(source, request);
  }

  /**
   * Returns the metadata and the keys of the provider. Reads the metadata if it is missing or if a
   * refresh is due.
   */
  DiscoveredProvider provider() {
    DiscoveredProvider current = provider;
    if (current != null && !current.isRefreshDue(clock.instant())) {
      return current;
    }
    long requestedAt = System.nanoTime();
    return inBulkhead(Bulkhead.COMMON, () -> read(requestedAt));
  }

  /**
   * Reads the metadata. Only one thread reads at a time. If the request fails, all threads that
   * waited for this request throw the same exception.
   *
   * @param requestedAt the time at which the caller asked for the metadata, in nanoseconds of
   *     {@link System#nanoTime}
   */
  private synchronized DiscoveredProvider read(long requestedAt) {
    DiscoveredProvider current = provider;
    Instant now = clock.instant();
    if (current != null && !current.isRefreshDue(now)) {
      return current;
    }
    OpenIdUnavailableException shared = failure;
    if (shared != null && failedAt - requestedAt > 0) {
      throw shared;
    }
    try {
      DiscoveredProvider read = discovered(current, now);
      provider = read;
      return read;
    } catch (IOException | ParseException e) {
      if (current != null && now.isBefore(current.readAt().plus(USABLE))) {
        LOG.log(Level.WARNING, "{0}", unavailable(e).getMessage());
        DiscoveredProvider later = current.refreshAt(now.plus(RETRY_INTERVAL));
        provider = later;
        return later;
      }
      failure = unavailable(e);
      failedAt = System.nanoTime();
      throw failure;
    }
  }

  /**
   * Reads the metadata. Keeps the source of the keys if its URL has not changed, because the cached
   * keys of this source can be used during an outage.
   *
   * @param former the metadata of the last successful read; null if there is none
   */
  private DiscoveredProvider discovered(@Nullable DiscoveredProvider former, Instant now)
      throws IOException, ParseException {
    String identifier = issuer.toString();
    String base =
        identifier.endsWith("/") ? identifier.substring(0, identifier.length() - 1) : identifier;
    OIDCProviderMetadata metadata =
        parse(connections.get(URI.create(base + "/.well-known/openid-configuration")));
    if (!issuer.toString().equals(metadata.getIssuer().getValue())) {
      throw new IOException(
          "the issuer in its metadata differs from accessTokens.login.oidc.issuer");
    }
    requireScheme(metadata.getAuthorizationEndpointURI());
    requireUsable(metadata.getTokenEndpointURI());
    requireUsable(metadata.getJWKSetURI());
    URI keySet = metadata.getJWKSetURI();
    JWKSource<SecurityContext> keys =
        former != null && former.metadata().getJWKSetURI().equals(keySet)
            ? former.keys()
            : keys(keySet);
    return new DiscoveredProvider(metadata, keys, now, now.plus(FRESH));
  }

  private static OIDCProviderMetadata parse(String text) throws ParseException {
    try {
      return OIDCProviderMetadata.parse(text);
    } catch (RuntimeException e) {
      // For some values, such as an empty issuer, the library throws another exception.
      throw new ParseException("its metadata is invalid", e);
    }
  }

  private void requireScheme(@Nullable URI endpoint) throws IOException {
    if (endpoint == null || !hasItsScheme(endpoint)) {
      throw new IOException(
          "an endpoint in its metadata is missing, or does not have the scheme "
              + issuer.getScheme());
    }
  }

  /**
   * Requires an endpoint with the right scheme and with a host that Java can parse. The HTTP client
   * cannot use other hosts, such as a host with an underscore.
   */
  private void requireUsable(@Nullable URI endpoint) throws IOException {
    requireScheme(endpoint);
    if (endpoint != null && endpoint.getHost() == null) {
      throw new IOException("the host of an endpoint in its metadata is invalid");
    }
  }

  /**
   * Returns true if the URL of an endpoint has the same scheme as the URL of the issuer. If the
   * issuer uses https, every request to the provider must use TLS.
   */
  private boolean hasItsScheme(URI endpoint) {
    return issuer.getScheme().equalsIgnoreCase(endpoint.getScheme());
  }

  /**
   * Returns a source that caches keys for five minutes. If a token has an unknown key, the source
   * reads the keys immediately. The rate of these reads is limited. If the keys cannot be read, the
   * source uses the cached keys for up to a day and five minutes. If no key matches and the last
   * read failed, the source throws an exception. The key may be new, and an outage must not look
   * like an invalid token.
   */
  private JWKSource<SecurityContext> keys(URI uri) {
    PublishedKeys published = connections.keys(issuer, uri);
    JWKSource<SecurityContext> cached = cached(published);
    return (selector, context) -> {
      List<JWK> found = cached.get(selector, context);
      if (found.isEmpty() && !published.wereReadable()) {
        throw new KeySourceException(
            "no cached key matches the ID token, and the keys cannot be read now");
      }
      return found;
    };
  }

  private JWKSource<SecurityContext> cached(PublishedKeys published) {
    return JWKSourceBuilder.<SecurityContext>create(published)
        .cache(KEYS_FRESH.toMillis(), connections.timeout().toMillis())
        .refreshAheadCache(false)
        .rateLimited(true)
        .retrying(false)
        .outageTolerant(USABLE.toMillis())
        .build();
  }

  /**
   * Returns the provider's endpoint for sign-outs. Returns empty if the provider has no such
   * endpoint or does not respond, or if the URL of the endpoint has another scheme than the issuer.
   */
  Optional<URI> endSessionEndpoint() {
    try {
      return Optional.ofNullable(provider().metadata().getEndSessionEndpointURI())
          .filter(this::hasItsScheme);
    } catch (OpenIdUnavailableException | SignInUnavailableException e) {
      LOG.log(Level.WARNING, "users are not signed out at the provider: {0}", e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Returns the UserInfo endpoint of the provider. Returns empty if the provider has no UserInfo
   * endpoint. Also returns empty if the URL of the endpoint has no valid host, or another scheme
   * than the issuer.
   */
  Optional<URI> userInfoEndpoint(DiscoveredProvider provider) {
    return Optional.ofNullable(provider.metadata().getUserInfoEndpointURI())
        .filter(this::hasItsScheme)
        .filter(endpoint -> endpoint.getHost() != null);
  }

  OpenIdUnavailableException unavailable(Exception e) {
    // The exception of the library for too many reads of the keys has no message.
    String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return new OpenIdUnavailableException(
        "the OpenID provider " + issuer + " cannot be used: " + reason, e);
  }
}
