package io.accesstokens.login;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An OpenID provider as it describes itself (OpenID Connect Discovery 1.0): read when it is first
 * needed, and again every hour; when it does not answer then, what was known goes on for a day.
 * While nothing is known, the next one who needs it asks again.
 */
final class OpenIdDiscovery {

  private static final Logger LOG = System.getLogger(OpenIdProvider.class.getName());

  private static final Duration FRESH = Duration.ofHours(1);
  private static final Duration KEYS_FRESH = Duration.ofMinutes(5);
  private static final Duration USABLE = Duration.ofDays(1);

  /** So that not everybody waits for a provider that does not answer. */
  private static final Duration ASKED_AGAIN = Duration.ofSeconds(30);

  private static final int AT_A_TIME = 16;
  private static final int WAITING = 64;

  private final URI issuer;
  private final OpenIdConnections connections;
  private final InstantSource clock;
  private final Bulkhead bulkhead = new Bulkhead(AT_A_TIME, WAITING, OpenIdConnections.PATIENCE);
  private volatile @Nullable Known known;

  // Guarded by this.
  private @Nullable OpenIdUnavailableException failure;
  private long failedAt;

  OpenIdDiscovery(URI issuer, OpenIdConnections connections, InstantSource clock) {
    this.issuer = issuer;
    this.connections = connections;
    this.clock = clock;
  }

  /**
   * What the provider says of itself.
   *
   * @param keys are read and cached as needed
   * @param readAt when it said so
   * @param askedAgainAt when it is asked again
   */
  record Known(
      OIDCProviderMetadata metadata,
      JWKSource<SecurityContext> keys,
      Instant readAt,
      Instant askedAgainAt) {

    Known askedAgainAt(Instant at) {
      return new Known(metadata, keys, readAt, at);
    }
  }

  /** Asks the provider, after waiting if too many requests ask it already. */
  <T> T inTurn(Supplier<T> asking) {
    return bulkhead.run(Bulkhead.COMMON, asking);
  }

  /** What is known of it; asks it if need be. */
  Known known() {
    Known current = known;
    if (current != null && clock.instant().isBefore(current.askedAgainAt())) {
      return current;
    }
    long asked = System.nanoTime();
    return inTurn(() -> read(asked));
  }

  /**
   * One at a time. Whoever has waited for one that failed has the same answer, and does not wait
   * for the next.
   */
  private synchronized Known read(long asked) {
    OpenIdUnavailableException shared = failure;
    if (shared != null && failedAt - asked > 0) {
      throw shared;
    }
    Known current = known;
    Instant now = clock.instant();
    if (current != null && now.isBefore(current.askedAgainAt())) {
      return current;
    }
    try {
      Known read = discovered(now);
      known = read;
      return read;
    } catch (IOException | ParseException e) {
      if (current != null && now.isBefore(current.readAt().plus(USABLE))) {
        LOG.log(Level.WARNING, "{0}", unavailable(e).getMessage());
        Known later = current.askedAgainAt(now.plus(ASKED_AGAIN));
        known = later;
        return later;
      }
      failure = unavailable(e);
      failedAt = System.nanoTime();
      throw failure;
    }
  }

  private Known discovered(Instant now) throws IOException, ParseException {
    String identifier = issuer.toString();
    String base =
        identifier.endsWith("/") ? identifier.substring(0, identifier.length() - 1) : identifier;
    OIDCProviderMetadata metadata =
        OIDCProviderMetadata.parse(
            connections.get(URI.create(base + "/.well-known/openid-configuration")));
    if (!issuer.toString().equals(metadata.getIssuer().getValue())) {
      throw new IOException("it names itself otherwise than accessTokens.login.oidc.issuer does");
    }
    requireScheme(metadata.getAuthorizationEndpointURI());
    requireScheme(metadata.getTokenEndpointURI());
    requireScheme(metadata.getJWKSetURI());
    return new Known(metadata, keys(metadata.getJWKSetURI()), now, now.plus(FRESH));
  }

  private void requireScheme(@Nullable URI endpoint) throws IOException {
    if (endpoint == null || !hasItsScheme(endpoint)) {
      throw new IOException("it names an endpoint that is missing or not " + issuer.getScheme());
    }
  }

  /** One who is asked over TLS does not have us go on without. */
  private boolean hasItsScheme(URI endpoint) {
    return issuer.getScheme().equalsIgnoreCase(endpoint.getScheme());
  }

  /** Cached for five minutes; an unknown key has them read at once, but not too often. */
  private JWKSource<SecurityContext> keys(URI uri) throws MalformedURLException {
    return JWKSourceBuilder.create(uri.toURL(), connections)
        .cache(KEYS_FRESH.toMillis(), OpenIdConnections.PATIENCE.toMillis())
        .refreshAheadCache(false)
        .rateLimited(true)
        .retrying(false)
        .outageTolerant(USABLE.toMillis())
        .build();
  }

  /** Where people are signed out; empty if nowhere, or if the provider does not answer. */
  Optional<URI> endSessionEndpoint() {
    try {
      return Optional.ofNullable(known().metadata().getEndSessionEndpointURI())
          .filter(this::hasItsScheme);
    } catch (OpenIdUnavailableException | SignInUnavailableException e) {
      LOG.log(Level.WARNING, "nobody is signed out there: {0}", e.getMessage());
      return Optional.empty();
    }
  }

  OpenIdUnavailableException unavailable(Exception e) {
    return new OpenIdUnavailableException(
        "the OpenID provider " + issuer + " cannot be used: " + e.getMessage(), e);
  }
}
