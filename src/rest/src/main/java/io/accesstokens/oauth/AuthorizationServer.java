package io.accesstokens.oauth;

import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.auth.TokenPrincipal;
import io.accesstokens.auth.VerificationHandler;
import io.accesstokens.auth.header.BearerChallenge;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.verify.ClientInfo;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.VerificationListener;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Mounts the OAuth endpoints, and contains the services that they use.
 *
 * @param tokenService the service for service tokens
 * @param verifier the verifier for tokens that are introspected or revoked; the same verifier that
 *     authenticates requests
 * @param usageListener the listener that receives the verdict on each introspected token
 * @param handler the handler that limits the number of unknown tokens from an anonymous caller
 * @param signedTokenVerifier the verifier for tokens that this service has signed
 * @param issuer the {@code iss} of raw tokens in introspection responses; null if the responses
 *     contain no {@code iss}
 * @param errorConverter converts exceptions to error responses
 */
public record AuthorizationServer(
    ServiceTokenService tokenService,
    TokenVerifier verifier,
    VerificationListener usageListener,
    VerificationHandler handler,
    SignedTokenVerifier signedTokenVerifier,
    @Nullable URI issuer,
    ErrorConverter errorConverter) {

  /** The path of the authorization endpoint (RFC 6749, section 3.1), relative to the API root. */
  public static final String AUTHORIZATION_PATH = "auth/v1/authorize";

  /** The name of the configuration property that holds the mounted instance of this class. */
  static final String PROPERTY = "io.accesstokens.oauth.mounted";

  private static final String BASIC =
      "Basic realm=\"" + BearerChallenge.REALM + "\", charset=\"UTF-8\"";

  private static final Set<String> PATHS =
      Set.of(
          IntrospectionEndpoint.PATH,
          RevocationEndpoint.PATH,
          TokenEndpoint.PATH,
          AuthorizationServer.AUTHORIZATION_PATH);

  private static final Pattern MATRIX = Pattern.compile(";[^/]*+");

  private static final Pattern OUTER_SLASHES = Pattern.compile("^/++|(?<!/)/++\\z");

  /**
   * Converts exceptions to error responses. {@link #completeError} later converts these responses
   * to OAuth errors.
   */
  @FunctionalInterface
  public interface ErrorConverter {

    /** Returns an exception that contains the complete error response. */
    WebApplicationException convert(
        RuntimeException thrown, MultivaluedMap<String, String> requestHeaders);
  }

  /**
   * Returns the resource classes, for {@code Application.getClasses()}.
   *
   * <p>The set does not contain {@link TokenEndpoint}, which is not available in a host
   * application.
   */
  public static Set<Class<?>> endpoints() {
    return Set.of(IntrospectionEndpoint.class, RevocationEndpoint.class);
  }

  /**
   * Registers the filters that the endpoints need.
   *
   * @param access authenticates OAuth clients whose secret is a raw token
   */
  public void mount(FeatureContext context, AccessTokensFeature access) {
    context.property(PROPERTY, this);
    context.register(new ClientAuthenticationFilter.PublicClientFilter());
    context.register(new ClientAuthenticationFilter(access, tokenService));
    context.register(new AnonymousCaller.Filter());
  }

  /**
   * Finds the client secret of an introspection request.
   *
   * @param authorizations the values of {@code Authorization}, one for each header line
   * @return the client secret in the body or the password of a Basic credential. A password that
   *     does not begin like a raw token is ignored. Empty if the request has no client secret
   * @throws WebApplicationException with status 400 if the request has several credentials; with
   *     status 401 if the credential is a {@code client_assertion}, which is not supported
   */
  public Optional<String> clientSecret(List<String> authorizations, byte[] body) {
    return ClientAuthenticationFilter.secret(
        authorizations, FormBody.peek(body), tokenService.rawTokenFormat());
  }

  /**
   * Authenticates an OAuth client by its client secret, which is a raw token.
   *
   * @param access verifies the raw token
   * @throws WebApplicationException with status 401 and {@code invalid_client} if the client secret
   *     is not a valid service token with the permission to introspect; with status 429 if a limit
   *     of the token or the client is exceeded; with status 503 if the token cannot be verified now
   */
  public TokenPrincipal authenticate(ClientInfo client, String secret, AccessTokensFeature access) {
    return ClientAuthenticationFilter.authenticate(client, secret, access, tokenService);
  }

  /**
   * Returns the response to an introspection request (RFC 7662) of an authorized caller, as JSON.
   *
   * @param types the values of {@code Content-Type}, one for each header line
   * @param codings the values of {@code Content-Encoding}, one for each header line
   * @param query the query, as the client sent it; null if there is none
   * @param body the body. If the body is longer than the maximum, the first {@code maximum + 1}
   *     bytes are sufficient
   * @throws RuntimeException if the request is refused; the same exceptions as those of the
   *     introspection endpoint
   */
  public byte[] introspect(
      List<String> types, List<String> codings, @Nullable String query, byte[] body) {
    return Introspection.introspect(this, FormBody.read(types, codings, query, body)).toJson();
  }

  /** Returns true if the request URI is the URI of an OAuth endpoint. */
  public static boolean matches(UriInfo uri) {
    return matches(uri.getPath());
  }

  /**
   * Returns true if the path is the path of an OAuth endpoint.
   *
   * @param path the path, relative to the API root
   */
  public static boolean matches(String path) {
    // Like the runtime, this comparison ignores outer slashes and matrix parameters.
    return PATHS.contains(
        OUTER_SLASHES.matcher(MATRIX.matcher(path).replaceAll("")).replaceAll(""));
  }

  /**
   * Returns the maximum length of a body that an OAuth endpoint accepts, in bytes.
   *
   * @param path the path of the endpoint, relative to the API root
   */
  public static int maxBodyBytes(String path) {
    return path.equals(TokenEndpoint.PATH) ? TokenEndpoint.MAX_FORM_BYTES : FormBody.MAX_BYTES;
  }

  /**
   * Returns an OAuth error as JSON, for code outside Jakarta REST.
   *
   * @param sentence the description of the error
   */
  public static byte[] error(int status, String sentence) {
    return OAuthError.of(status, "", sentence).toJson();
  }

  /** Returns true if the entity of a response is already an OAuth error. */
  public static boolean isOAuthError(@Nullable Object entity) {
    return entity instanceof OAuthError;
  }

  /**
   * Completes an error response. An error that is not an OAuth error becomes one (RFC 6749, section
   * 5.2). A 401 response gets the challenges of OAuth clients: Bearer, and Basic for the client
   * secret (RFC 6749, section 5.2). Challenges that the response already has are kept.
   *
   * <p>A browser gets no challenge for Basic, because the browser would open its own prompt. A
   * request counts as sent by a browser if it has a {@code Sec-Fetch-*} header. If the request has
   * a Basic credential, only {@code Sec-Fetch-Site} counts, because the {@code fetch} of Node.js
   * sends the other headers.
   *
   * @param sentence the description of the error; ignored for an OAuth error, and for a status that
   *     has a fixed description
   * @return the response, with the JSON of the OAuth error as its entity
   */
  public static Response completeError(
      Response error, String sentence, MultivaluedMap<String, String> requestHeaders) {
    List<String> challenges =
        error.getHeaders().getOrDefault(HttpHeaders.WWW_AUTHENTICATE, List.of()).stream()
            .map(Objects::toString)
            .toList();
    OAuthError oauth =
        error.getEntity() instanceof OAuthError own
            ? own
            : OAuthError.of(error.getStatus(), String.join(", ", challenges), sentence);
    Response.ResponseBuilder completed =
        Response.fromResponse(error).type(MediaType.APPLICATION_JSON_TYPE).entity(oauth.toJson());
    if (error.getStatus() == Response.Status.UNAUTHORIZED.getStatusCode()) {
      missingChallenges(challenges, requestHeaders)
          .forEach(challenge -> completed.header(HttpHeaders.WWW_AUTHENTICATE, challenge));
    }
    return completed.build();
  }

  private static List<String> missingChallenges(
      List<String> challenges, MultivaluedMap<String, String> requestHeaders) {
    boolean basic =
        requestHeaders.getOrDefault(HttpHeaders.AUTHORIZATION, List.of()).stream()
            .anyMatch(sent -> hasScheme(sent, "Basic"));
    String browserHeader = basic ? "sec-fetch-site" : "sec-fetch-";
    boolean browser =
        requestHeaders.keySet().stream()
            .anyMatch(name -> name.toLowerCase(Locale.ROOT).startsWith(browserHeader));
    List<String> missing = new ArrayList<>();
    if (challenges.stream().noneMatch(sent -> hasScheme(sent, "Bearer"))) {
      missing.add(BearerChallenge.PLAIN);
    }
    if (!browser && challenges.stream().noneMatch(sent -> hasScheme(sent, "Basic"))) {
      missing.add(BASIC);
    }
    return missing;
  }

  private static boolean hasScheme(String value, String scheme) {
    return value.strip().regionMatches(true, 0, scheme + ' ', 0, scheme.length() + 1);
  }
}
