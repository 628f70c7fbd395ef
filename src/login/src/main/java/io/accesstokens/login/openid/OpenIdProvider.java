package io.accesstokens.login.openid;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.Request;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenErrorResponse;
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
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.LogoutRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.Prompt;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.UserInfoResponse;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import io.accesstokens.login.SignInUnavailableException;
import io.accesstokens.verify.IpAddress;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to an OpenID provider (OpenID Connect Core 1.0, section 3.1). Every method returns
 * in bounded time. A method that sends a request can throw these exceptions:
 *
 * <ul>
 *   <li>{@link OpenIdUnavailableException} if the provider does not respond
 *   <li>{@link SignInUnavailableException} if too many requests wait for the provider
 * </ul>
 */
public final class OpenIdProvider implements AutoCloseable {

  /**
   * The error codes with which a provider reports an outage (RFC 6749, section 4.1.2.1). Some
   * providers send them from the token endpoint too.
   */
  static final Set<String> OUTAGES = Set.of("server_error", "temporarily_unavailable");

  private static final String UNKNOWN_ERROR = "unknown error";

  private static final Pattern ERROR_CODE = Pattern.compile("[a-z_]{1,40}");

  private static final Logger LOG = System.getLogger(OpenIdProvider.class.getName());

  /** Maximum time of a request to the provider, and of the wait before a request. */
  private static final Duration TIMEOUT = Duration.ofSeconds(4);

  /**
   * Tolerated clock difference between the provider and this service, in seconds. The specification
   * defines no value (OpenID Connect Core 1.0, section 3.1.3.7).
   */
  private static final int CLOCK_SKEW_SECONDS = 60;

  /** The status of a response to too many requests (RFC 6585, section 4). */
  private static final int TOO_MANY_REQUESTS = 429;

  /**
   * The allowed signature algorithms. All of these algorithms are asymmetric. The algorithm {@code
   * none} and algorithms with a shared secret are not allowed. Edwards curves and {@code ES256K}
   * are missing, because the library cannot verify their signatures with the cryptography of the
   * JDK.
   */
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512);

  /**
   * Maximum length of an ID token in the URL of a logout request, in characters. A server may
   * reject a longer URL.
   */
  private static final int MAX_HINT_LENGTH = 6_000;

  private final OpenIdRegistration registration;
  private final OpenIdConnections connections;
  private final OpenIdDiscovery discovery;
  private final InstantSource clock;

  /** Creates a provider. Reads nothing from the provider yet. */
  public OpenIdProvider(OpenIdRegistration registration, InstantSource clock) {
    this(registration, clock, TIMEOUT);
  }

  OpenIdProvider(OpenIdRegistration registration, InstantSource clock, Duration timeout) {
    this.registration = registration;
    this.clock = clock;
    this.connections = new OpenIdConnections(timeout);
    this.discovery = new OpenIdDiscovery(registration.issuer(), connections, clock);
  }

  /**
   * The identity of a user, as the provider reports it.
   *
   * @param claims the claims of the ID token. If the ID token lacks a claim that the registration
   *     reads, this map also contains claims of the UserInfo endpoint
   * @param idToken the ID token as received
   * @param authenticatedAt the time at which the user signed in at the provider; null if unknown
   */
  record Identity(Map<String, Object> claims, String idToken, @Nullable Instant authenticatedAt) {}

  OpenIdRegistration registration() {
    return registration;
  }

  /**
   * Returns the URL of the authentication request. The caller redirects the browser to this URL.
   */
  URI authenticationRequest(OpenIdAttempt attempt) {
    Scope scope = new Scope("openid");
    registration.scopes().forEach(scope::add);
    AuthenticationRequest.Builder request =
        new AuthenticationRequest.Builder(
            ResponseType.CODE, scope, clientId(), registration.redirectUri());
    if (attempt.isFresh()) { // see OpenID Connect Core 1.0, section 3.1.2.1
      request.prompt(new Prompt(Prompt.Type.LOGIN)).maxAge(0);
    }
    return request
        .endpointURI(discovery.provider().metadata().getAuthorizationEndpointURI())
        .state(new State(attempt.state()))
        .nonce(new Nonce(attempt.nonce()))
        .codeChallenge(new CodeVerifier(attempt.codeVerifier()), CodeChallengeMethod.S256)
        .build()
        .toURI();
  }

  /**
   * Returns the URL of the logout request (OpenID Connect RP-Initiated Logout 1.0). The caller
   * redirects the browser to this URL.
   *
   * @param idToken the ID token that the provider issued at the sign-in, or empty
   * @return empty if the provider has no endpoint for sign-outs or does not respond
   */
  public Optional<URI> logoutRequest(Optional<String> idToken) {
    return discovery
        .endSessionEndpoint()
        .map(
            endpoint ->
                new LogoutRequest(
                        endpoint,
                        idToken
                            .filter(token -> token.length() <= MAX_HINT_LENGTH)
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
   * Exchanges an authorization code for the identity of the user.
   *
   * @param issuer the {@code iss} parameter of the authorization response (RFC 9207); null if
   *     absent
   * @param clientAddress the address of the client; null if unknown
   * @throws OpenIdRefusedException if the code or the response is not valid. Also thrown if the
   *     attempt needs a new sign-in and the user signed in at the provider too long ago
   */
  Identity identity(
      String code, @Nullable String issuer, OpenIdAttempt attempt, @Nullable String clientAddress) {
    OpenIdDiscovery.DiscoveredProvider provider = discovery.provider();
    boolean silent =
        issuer == null && provider.metadata().supportsAuthorizationResponseIssuerParam();
    if (silent || (issuer != null && !issuer.equals(registration.issuer().toString()))) {
      throw new OpenIdRefusedException("the response is from another provider");
    }
    String source = IpAddress.networkOf(clientAddress);
    OIDCTokens tokens = discovery.inBulkhead(source, () -> tokens(provider, code, attempt));
    Identity identity =
        discovery.inBulkhead(source, () -> verified(provider, tokens.getIDToken(), attempt));
    BearerAccessToken accessToken = tokens.getBearerAccessToken();
    URI userInfo = discovery.userInfoEndpoint(provider).orElse(null);
    if (registration.isComplete(identity.claims()) || accessToken == null || userInfo == null) {
      return identity;
    }
    return discovery.inBulkhead(source, () -> completed(identity, userInfo, accessToken));
  }

  private OIDCTokens tokens(
      OpenIdDiscovery.DiscoveredProvider provider, String code, OpenIdAttempt attempt) {
    AuthorizationCodeGrant grant =
        new AuthorizationCodeGrant(
            new AuthorizationCode(code),
            registration.redirectUri(),
            new CodeVerifier(attempt.codeVerifier()));
    URI endpoint = provider.metadata().getTokenEndpointURI();
    TokenRequest request =
        authentication(provider)
            .map(credentials -> new TokenRequest.Builder(endpoint, credentials, grant))
            .orElseGet(() -> new TokenRequest.Builder(endpoint, clientId(), grant))
            .build();
    HTTPResponse response = send(request);
    int status = response.getStatusCode();
    try {
      TokenResponse tokenResponse = OIDCTokenResponseParser.parse(response);
      if (tokenResponse instanceof OIDCTokenResponse success) {
        OIDCTokens tokens = success.getOIDCTokens();
        if (tokens.getIDToken() == null) {
          throw new OpenIdRefusedException("the provider returned no ID token");
        }
        return tokens;
      }
      String error = code(tokenResponse.toErrorResponse());
      // Some providers refuse a code with 403 and an error code. A proxy or a firewall sends 403
      // without an error code.
      boolean blocked = status == HTTPResponse.SC_FORBIDDEN && error.equals(UNKNOWN_ERROR);
      if (blocked || OUTAGES.contains(error)) {
        throw discovery.unavailable(
            new IOException("the response has status " + status + ": " + error));
      }
      throw new OpenIdRefusedException("the provider returned no token: " + error);
    } catch (ParseException e) {
      throw new OpenIdRefusedException("the provider's response is not a token response");
    }
  }

  /**
   * Sends a request.
   *
   * @throws OpenIdUnavailableException if there is no response, or if the status of the response
   *     means an outage
   */
  private HTTPResponse send(Request request) {
    HTTPResponse response;
    try {
      response = request.toHTTPRequest().send(connections);
    } catch (IOException e) {
      throw discovery.unavailable(e);
    }
    if (isOutage(response.getStatusCode())) {
      throw discovery.unavailable(
          new IOException("the response has status " + response.getStatusCode()));
    }
    return response;
  }

  /**
   * Adds the claims of the UserInfo endpoint (OpenID Connect Core 1.0, section 5.3) that the ID
   * token lacks. Many providers put the claims of the scopes {@code profile} and {@code email} only
   * in the UserInfo response (section 5.4). Adds nothing if the provider refuses the request or
   * returns the claims only as a JWT.
   *
   * @throws OpenIdRefusedException if the response is malformed, or is about another user
   * @throws OpenIdUnavailableException as {@link #send} does
   */
  private Identity completed(Identity identity, URI endpoint, BearerAccessToken accessToken) {
    JWTClaimsSet found;
    try {
      UserInfoResponse response =
          UserInfoResponse.parse(send(new UserInfoRequest(endpoint, accessToken)));
      if (!response.indicatesSuccess() || response.toSuccessResponse().getUserInfo() == null) {
        LOG.log(
            Level.INFO,
            "the OpenID provider returned no UserInfo, or only as a JWT, so only the claims of the ID"
                + " token are used");
        return identity;
      }
      found = response.toSuccessResponse().getUserInfo().toJWTClaimsSet();
    } catch (ParseException e) {
      throw new OpenIdRefusedException("the provider's response is not a UserInfo response");
    }
    if (!Objects.equals(found.getSubject(), identity.claims().get("sub"))) {
      throw new OpenIdRefusedException("sub of the UserInfo differs from sub of the ID token");
    }
    Map<String, Object> claims = VerifiedEmail.merged(identity.claims(), found.getClaims());
    return new Identity(claims, identity.idToken(), identity.authenticatedAt());
  }

  /**
   * Returns true if a status means an outage of the provider: a redirect, 404, 429, or 500 and
   * higher. A proxy sends a redirect or 404, for example during maintenance of the provider. The
   * statuses 400 and 401 mean that a token endpoint has refused the code (RFC 6749, section 5.2).
   */
  private static boolean isOutage(int status) {
    return status >= HTTPResponse.SC_SERVER_ERROR
        || status == TOO_MANY_REQUESTS
        || status == HTTPResponse.SC_NOT_FOUND
        || (status >= 300 && status < 400);
  }

  /** Returns the error code in a token response (RFC 6749, section 5.2). */
  private static String code(TokenErrorResponse tokenResponse) {
    return loggable(
        Optional.ofNullable(tokenResponse.getErrorObject()).map(ErrorObject::getCode).orElse(null));
  }

  /**
   * Returns an error code of the provider in a form that log lines can contain. Returns a fixed
   * text if the error code is absent or malformed. RFC 6749 also allows spaces and capital letters,
   * but a client could use them to forge a message. No registered error code contains them.
   */
  static String loggable(@Nullable String code) {
    return code != null && ERROR_CODE.matcher(code).matches() ? code : UNKNOWN_ERROR;
  }

  private Optional<ClientAuthentication> authentication(
      OpenIdDiscovery.DiscoveredProvider provider) {
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

  private Identity verified(
      OpenIdDiscovery.DiscoveredProvider provider, JWT idToken, OpenIdAttempt attempt) {
    Set<JWSAlgorithm> allowed = new HashSet<>(ALGORITHMS);
    List<JWSAlgorithm> named = provider.metadata().getIDTokenJWSAlgs();
    if (named != null) {
      allowed.retainAll(named);
    }
    if (!allowed.contains(idToken.getHeader().getAlgorithm())) {
      throw new OpenIdRefusedException(
          "alg of the ID token is not supported, or is not in the metadata of the provider; choose"
              + " another algorithm for this client at the provider, such as ES256 or RS256");
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
      JWTClaimsSet all = claims.toJWTClaimsSet();
      requireAuthorizedParty(all);
      requireStarted(all.getNotBeforeTime());
      Instant authenticatedAt = pastOrNow(claims.getAuthenticationTime());
      if (attempt.isFresh()) {
        requireFresh(authenticatedAt);
      }
      return new Identity(all.getClaims(), idToken.serialize(), authenticatedAt);
    } catch (KeySourceException e) {
      throw discovery.unavailable(e);
    } catch (BadJOSEException | JOSEException | ParseException | IllegalArgumentException e) {
      // The exception is logged at debug level only, because its message may contain the value of a
      // claim.
      LOG.log(Level.DEBUG, "an ID token is refused", e);
      throw new OpenIdRefusedException("the ID token is not valid");
    }
  }

  /**
   * Verifies that the provider issued the ID token to this service (OpenID Connect Core 1.0,
   * section 3.1.3.7, rules 3 to 5). The validator of the library only verifies that {@code aud}
   * contains the client id.
   */
  private void requireAuthorizedParty(JWTClaimsSet claims) {
    Object party = claims.getClaim("azp");
    if (party == null ? claims.getAudience().size() > 1 : !party.equals(registration.clientId())) {
      throw new OpenIdRefusedException("azp of the ID token is not the client id of this service");
    }
  }

  /** Verifies {@code nbf} (RFC 7519, section 4.1.5), which the validator of the library ignores. */
  private void requireStarted(@Nullable Date notBefore) {
    if (notBefore != null
        && notBefore.toInstant().isAfter(clock.instant().plusSeconds(CLOCK_SKEW_SECONDS))) {
      throw new OpenIdRefusedException("nbf of the ID token is in the future");
    }
  }

  /**
   * Returns the time of the sign-in at the provider, at most the current time. A later time would
   * prolong the period in which the sign-in counts as recent.
   */
  private @Nullable Instant pastOrNow(@Nullable Date authTime) {
    if (authTime == null) {
      return null;
    }
    Instant now = clock.instant();
    return authTime.toInstant().isAfter(now) ? now : authTime.toInstant();
  }

  /**
   * Verifies that the user signed in at the provider recently: at most {@link
   * OpenIdResource#ATTEMPT_SECONDS} plus {@link #CLOCK_SKEW_SECONDS} seconds ago. This check is
   * necessary, because a user can remove the parameters {@code prompt} and {@code max_age} from the
   * request. Throws {@link OpenIdRefusedException} if the sign-in is older or its time is unknown.
   */
  private void requireFresh(@Nullable Instant authenticatedAt) {
    Instant earliest =
        clock.instant().minusSeconds(OpenIdResource.ATTEMPT_SECONDS + CLOCK_SKEW_SECONDS);
    if (authenticatedAt == null || authenticatedAt.isBefore(earliest)) {
      throw new OpenIdRefusedException(
          "auth_time of the ID token does not show a sign-in in the last minutes");
    }
  }

  private ClientID clientId() {
    return new ClientID(registration.clientId());
  }

  /** Stops the threads of this provider. */
  @Override
  public void close() {
    connections.close();
  }
}
