package io.accesstokens.oauth;

import io.accesstokens.auth.VerificationHandler;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.verify.TokenVerifier;
import io.accesstokens.verify.VerificationListener;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.lang.annotation.Annotation;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Mounts the OAuth endpoints, and contains the services that they use.
 *
 * @param tokenService the service for service tokens
 * @param check the verifier for introspected tokens; the same verifier that authenticates requests
 * @param uses the listener that receives the verdict on each introspected token
 * @param outcomes the handler that limits the number of unknown tokens from an anonymous caller
 * @param signed the verifier for tokens that this service has signed
 * @param issuer the {@code iss} of raw tokens in introspection responses; null if the responses
 *     contain no {@code iss}
 * @param failures converts exceptions to error responses
 */
public record AuthorizationServer(
    ServiceTokenService tokenService,
    TokenVerifier check,
    VerificationListener uses,
    VerificationHandler outcomes,
    SignedTokens signed,
    @Nullable URI issuer,
    Failures failures) {

  /** The path of the authorization endpoint (RFC 6749, section 3.1), relative to the API root. */
  public static final String AUTHORIZATION_PATH = "auth/v1/authorize";

  /** The name of the configuration property that holds the mounted instance. */
  static final String PROPERTY = "io.accesstokens.oauth.mounted";

  private static final Set<String> PATHS =
      Set.of(
          IntrospectionEndpoint.PATH,
          RevocationEndpoint.PATH,
          TokenEndpoint.PATH,
          AuthorizationServer.AUTHORIZATION_PATH);

  private static final Pattern MATRIX = Pattern.compile(";[^/]*+");

  private static final Pattern OUTER_SLASHES = Pattern.compile("^/++|(?<!/)/++\\z");

  /**
   * Converts exceptions to error responses. {@link #toOAuthError} later converts these responses to
   * OAuth errors.
   */
  @FunctionalInterface
  public interface Failures {

    /** Returns an exception that contains the complete error response. */
    WebApplicationException answer(
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

  /** Registers the writer and the filter that the endpoints need. */
  public void mount(FeatureContext context) {
    context.property(PROPERTY, this);
    context.register(new JsonResponseWriter());
    context.register(new AnonymousCaller.Filter());
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

  /**
   * Returns true if the response is already an OAuth error. The caller must not change such a
   * response.
   */
  public static boolean isOAuthError(ContainerResponseContext response) {
    return response.getEntity() instanceof OAuthError;
  }

  /**
   * Converts an error response to an OAuth error (RFC 6749, section 5.2).
   *
   * @param sentence the description of the error; ignored for a status that has a fixed description
   */
  public static void toOAuthError(ContainerResponseContext error, String sentence) {
    String challenges =
        error.getHeaders().getOrDefault(HttpHeaders.WWW_AUTHENTICATE, List.of()).stream()
            .map(Objects::toString)
            .collect(Collectors.joining(", "));
    error.setEntity(
        OAuthError.of(error.getStatus(), challenges, sentence),
        new Annotation[0],
        MediaType.APPLICATION_JSON_TYPE);
  }
}
