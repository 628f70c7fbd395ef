package io.accesstokens.login;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.LogoutRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An OpenID provider, as it describes itself (OpenID Connect Discovery 1.0): read when it is first
 * needed, and again every hour; when it does not answer then, what was known goes on for a day.
 *
 * <p>Every method answers in bounded time, and throws {@link OpenIdUnavailable} if the provider
 * does not. Nothing of that is remembered: the next one asks again.
 */
public final class OpenIdProvider implements AutoCloseable {

  private static final Logger LOG = System.getLogger(OpenIdProvider.class.getName());

  private static final Duration FRESH = Duration.ofHours(1);
  private static final Duration KEYS_FRESH = Duration.ofMinutes(5);
  private static final Duration USABLE = Duration.ofDays(1);

  /** OpenID Connect Core 1.0, section 3.1.3.7 leaves it to us. */
  private static final int CLOCK_SKEW_SECONDS = 60;

  /** By a key of the provider's alone: neither none, nor a secret that is ours, too. */
  private static final Set<JWSAlgorithm> ALGORITHMS = Set.copyOf(JWSAlgorithm.Family.SIGNATURE);

  /** A longer one in a URL is more than servers take. */
  private static final int LONGEST_HINT = 6_000;

  private static final int AT_A_TIME = 16;
  private static final int WAITING = 64;

  private final OpenIdRegistration registration;
  private final InstantSource clock;
  private final OpenIdConnections connections = new OpenIdConnections();
  private final Lane lane = new Lane(AT_A_TIME, WAITING, OpenIdConnections.PATIENCE);
  private volatile @Nullable Known known;

  // Guarded by this.
  private @Nullable OpenIdUnavailable failure;
  private long failedAt;

  public OpenIdProvider(OpenIdRegistration registration, InstantSource clock) {
    this.registration = registration;
    this.clock = clock;
  }

  /** What the provider says of itself, and its keys, which are read and cached as needed. */
  private record Known(
      OIDCProviderMetadata metadata, JWKSource<SecurityContext> keys, Instant readAt) {}

  /**
   * What a provider says of somebody.
   *
   * @param claims of the ID token
   * @param idToken as it came
   */
  record Identity(Map<String, Object> claims, String idToken) {}

  OpenIdRegistration registration() {
    return registration;
  }

  /** Where to send a browser, so that its owner signs in there. */
  URI authenticationRequest(OpenIdAttempt attempt) {
    Scope scope = new Scope("openid");
    registration.scopes().forEach(scope::add);
    return new AuthenticationRequest.Builder(
            ResponseType.CODE, scope, clientId(), registration.redirectUri())
        .endpointURI(known().metadata().getAuthorizationEndpointURI())
        .state(new State(attempt.state()))
        .nonce(new Nonce(attempt.nonce()))
        .codeChallenge(new CodeVerifier(attempt.codeVerifier()), CodeChallengeMethod.S256)
        .build()
        .toURI();
  }

  /**
   * Where to send a browser, so that its owner is signed out there (OpenID Connect RP-Initiated
   * Logout 1.0).
   *
   * @return empty if it has no such page, or does not answer: whoever has signed out here has done
   *     so in any case
   */
  Optional<URI> logoutRequest(Optional<String> idToken) {
    return reachable()
        .map(it -> it.metadata().getEndSessionEndpointURI())
        .map(
            endpoint ->
                new LogoutRequest(
                        endpoint,
                        idToken
                            .filter(it -> it.length() <= LONGEST_HINT)
                            .flatMap(OpenIdProvider::parsed)
                            .orElse(null),
                        null,
                        clientId(),
                        registration.signedOutUri(),
                        null,
                        null)
                    .toURI());
  }

  private static Optional<JWT> parsed(String idToken) {
    try {
      return Optional.of(JWTParser.parse(idToken));
    } catch (java.text.ParseException e) {
      return Optional.empty();
    }
  }

  /**
   * Trades a code for what the provider says of whoever signed in.
   *
   * @param issuer who says to have sent the code (RFC 9207); null if it does not say
   * @throws OpenIdRefused if the code or the answer is not good
   */
  Identity identity(String code, @Nullable String issuer, OpenIdAttempt attempt) {
    Known provider = known();
    boolean silent =
        issuer == null && provider.metadata().supportsAuthorizationResponseIssuerParam();
    if (silent || (issuer != null && !issuer.equals(registration.issuer().toString()))) {
      throw new OpenIdRefused("the answer is another provider's");
    }
    JWT idToken = lane.run(() -> idToken(provider, code, attempt));
    return lane.run(() -> verified(provider, idToken, attempt));
  }

  private JWT idToken(Known provider, String code, OpenIdAttempt attempt) {
    AuthorizationCodeGrant grant =
        new AuthorizationCodeGrant(
            new AuthorizationCode(code),
            registration.redirectUri(),
            new CodeVerifier(attempt.codeVerifier()));
    URI endpoint = provider.metadata().getTokenEndpointURI();
    TokenRequest request =
        authentication(provider)
            .map(it -> new TokenRequest.Builder(endpoint, it, grant))
            .orElseGet(() -> new TokenRequest.Builder(endpoint, clientId(), grant))
            .build();
    HTTPResponse response;
    try {
      response = request.toHTTPRequest().send(connections);
    } catch (IOException e) {
      throw unavailable(e);
    }
    if (response.getStatusCode() >= HTTPResponse.SC_SERVER_ERROR) {
      throw unavailable(new IOException("the answer has status " + response.getStatusCode()));
    }
    try {
      TokenResponse answer = OIDCTokenResponseParser.parse(response);
      if (answer instanceof OIDCTokenResponse tokens) {
        JWT idToken = tokens.getOIDCTokens().getIDToken();
        if (idToken == null) {
          throw new OpenIdRefused("the provider gave no ID token");
        }
        return idToken;
      }
      throw new OpenIdRefused(
          "the provider gave no token: "
              + code(answer.toErrorResponse().getErrorObject().getCode()));
    } catch (ParseException e) {
      throw new OpenIdRefused("the provider's answer is no token response");
    }
  }

  /** An error code of RFC 6749, section 5.2, and not just anything. */
  private static String code(@Nullable String given) {
    return given != null && given.matches("[a-z_]{1,40}") ? given : "unknown error";
  }

  private Optional<ClientAuthentication> authentication(Known provider) {
    List<ClientAuthenticationMethod> methods = provider.metadata().getTokenEndpointAuthMethods();
    boolean post =
        methods != null
            && !methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
            && methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_POST);
    return registration
        .clientSecret()
        .map(Secret::new)
        .map(
            secret ->
                post
                    ? new ClientSecretPost(clientId(), secret)
                    : new ClientSecretBasic(clientId(), secret));
  }

  private Identity verified(Known provider, JWT idToken, OpenIdAttempt attempt) {
    Set<JWSAlgorithm> allowed = new HashSet<>(ALGORITHMS);
    List<JWSAlgorithm> named = provider.metadata().getIDTokenJWSAlgs();
    if (named != null) {
      allowed.retainAll(named);
    }
    try {
      IDTokenValidator validator =
          new IDTokenValidator(
              new Issuer(registration.issuer()),
              clientId(),
              new JWSVerificationKeySelector<>(allowed, provider.keys()),
              null);
      validator.setMaxClockSkew(CLOCK_SKEW_SECONDS);
      var claims = validator.validate(idToken, new Nonce(attempt.nonce()));
      return new Identity(claims.toJWTClaimsSet().getClaims(), idToken.serialize());
    } catch (KeySourceException e) {
      throw unavailable(e);
    } catch (BadJOSEException | JOSEException | ParseException | IllegalArgumentException e) {
      // The message can hold what a claim says.
      LOG.log(Level.DEBUG, "an ID token is refused", e);
      throw new OpenIdRefused("the ID token is not good");
    }
  }

  private ClientID clientId() {
    return new ClientID(registration.clientId());
  }

  private Optional<Known> reachable() {
    try {
      return Optional.of(known());
    } catch (OpenIdUnavailable | SignInUnavailable e) {
      LOG.log(Level.WARNING, "nobody is signed out there: {0}", e.getMessage());
      return Optional.empty();
    }
  }

  private Known known() {
    Known current = known;
    if (current != null && isYounger(current, FRESH)) {
      return current;
    }
    long asked = System.nanoTime();
    return lane.run(() -> read(asked));
  }

  /**
   * One at a time. Whoever has waited for one that failed has the same answer, and does not wait
   * for the next.
   */
  private synchronized Known read(long asked) {
    OpenIdUnavailable shared = failure;
    if (shared != null && failedAt - asked > 0) {
      throw shared;
    }
    Known current = known;
    if (current != null && isYounger(current, FRESH)) {
      return current;
    }
    try {
      Known read = discovered();
      known = read;
      return read;
    } catch (IOException | ParseException e) {
      if (current != null && isYounger(current, USABLE)) {
        LOG.log(Level.WARNING, "{0}", unavailable(e).getMessage());
        return current;
      }
      failure = unavailable(e);
      failedAt = System.nanoTime();
      throw failure;
    }
  }

  private boolean isYounger(Known provider, Duration age) {
    return clock.instant().isBefore(provider.readAt().plus(age));
  }

  private Known discovered() throws IOException, ParseException {
    URI issuer = registration.issuer();
    String base = issuer.toString().replaceFirst("/$", "");
    OIDCProviderMetadata metadata =
        OIDCProviderMetadata.parse(
            connections.get(URI.create(base + "/.well-known/openid-configuration")));
    if (!issuer.toString().equals(metadata.getIssuer().getValue())) {
      throw new IOException("it names itself otherwise than accessTokens.login.oidc.issuer does");
    }
    requireScheme(metadata.getAuthorizationEndpointURI());
    requireScheme(metadata.getTokenEndpointURI());
    requireScheme(metadata.getJWKSetURI());
    return new Known(metadata, keys(metadata.getJWKSetURI()), clock.instant());
  }

  /** One who is asked over TLS does not have us go on without. */
  private void requireScheme(@Nullable URI endpoint) throws IOException {
    String scheme = registration.issuer().getScheme();
    if (endpoint == null || !scheme.equalsIgnoreCase(endpoint.getScheme())) {
      throw new IOException("it names an endpoint that is missing or not " + scheme);
    }
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

  private OpenIdUnavailable unavailable(Exception e) {
    return new OpenIdUnavailable(
        "the OpenID provider " + registration.issuer() + " cannot be used: " + e.getMessage(), e);
  }

  /** Ends its threads. */
  @Override
  public void close() {
    connections.close();
  }
}
