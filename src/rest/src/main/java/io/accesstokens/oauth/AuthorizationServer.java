package io.accesstokens.oauth;

import io.accesstokens.auth.VerificationHandler;
import io.accesstokens.token.ServiceTokenService;
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
 * What the endpoints of this room need, and what mounts them.
 *
 * @param authority the use cases
 * @param check decides about introspected tokens: the one that lets requests in
 * @param uses is told of each introspected token
 * @param outcomes limits the unknown tokens that anonymous callers present
 * @param signed decides about tokens that were signed here
 * @param issuer the {@code iss} of raw tokens; null leaves it out
 * @param failures answers what is thrown
 */
public record AuthorizationServer(
    ServiceTokenService authority,
    TokenVerifier check,
    VerificationListener uses,
    VerificationHandler outcomes,
    SignedTokens signed,
    @Nullable URI issuer,
    Failures failures) {

  /** Where browsers are led to a consent (RFC 6749, section 3.1), below the API. */
  public static final String AUTHORIZATION_PATH = "auth/v1/authorize";

  /** The name of the configuration's property that holds it. */
  static final String PROPERTY = "io.accesstokens.oauth.mounted";

  private static final Set<String> PATHS =
      Set.of(
          IntrospectionEndpoint.PATH,
          RevocationEndpoint.PATH,
          TokenEndpoint.PATH,
          AuthorizationServer.AUTHORIZATION_PATH);

  private static final Pattern MATRIX = Pattern.compile(";[^/]*+");

  private static final Pattern OUTER_SLASHES = Pattern.compile("^/++|(?<!/)/++\\z");

  /** Turns what was thrown into an answer, whose form {@link #giveForm} then changes. */
  @FunctionalInterface
  public interface Failures {

    /** An exception that carries the whole answer. */
    WebApplicationException answer(
        RuntimeException thrown, MultivaluedMap<String, String> requestHeaders);
  }

  /** The resource classes, for {@code Application.getClasses()}; {@link TokenEndpoint} is none. */
  public static Set<Class<?>> endpoints() {
    return Set.of(IntrospectionEndpoint.class, RevocationEndpoint.class);
  }

  /** Registers what the endpoints need beside themselves. */
  public void mount(FeatureContext context) {
    context.property(PROPERTY, this);
    context.register(new JsonResponseWriter());
    context.register(new AnonymousCaller.Filter());
  }

  /** Whether a request goes to one of the endpoints. */
  public static boolean isAskedBy(UriInfo uri) {
    return isAskedBy(uri.getPath());
  }

  /** Whether a path, from the API's root on, is one of the endpoints'. */
  public static boolean isAskedBy(String path) {
    // As the runtime matches: without outer slashes and matrix parameters.
    return PATHS.contains(
        OUTER_SLASHES.matcher(MATRIX.matcher(path).replaceAll("")).replaceAll(""));
  }

  /**
   * Returns the length in bytes of the longest body that an endpoint accepts.
   *
   * @param path from the API's root on
   */
  public static int maxBodyBytes(String path) {
    return path.equals(TokenEndpoint.PATH) ? TokenEndpoint.MAX_FORM_BYTES : FormBody.MAX_BYTES;
  }

  /**
   * An error of an endpoint that Jakarta REST is not asked about any more, as JSON.
   *
   * @param sentence says what is wrong
   */
  public static byte[] error(int status, String sentence) {
    return OAuthError.of(status, "", sentence).toJson();
  }

  /** Whether an answer is an error of an endpoint's own, which nothing may change. */
  public static boolean hasForm(ContainerResponseContext answer) {
    return answer.getEntity() instanceof OAuthError;
  }

  /**
   * Gives an error of an endpoint the form of RFC 6749, section 5.2.
   *
   * @param sentence says what is wrong, for want of something that fits these endpoints better
   */
  public static void giveForm(ContainerResponseContext error, String sentence) {
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
