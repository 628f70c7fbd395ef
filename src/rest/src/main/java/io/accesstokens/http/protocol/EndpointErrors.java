package io.accesstokens.http.protocol;

import io.accesstokens.auth.header.BearerChallenge;
import io.accesstokens.http.input.StrictJson;
import io.accesstokens.http.problem.Problem;
import io.accesstokens.http.problem.Problems;
import io.accesstokens.oauth.AuthorizationServer;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives each error response the form of its endpoint.
 *
 * <ul>
 *   <li>An error response from the runtime or from an exception mapper of a host application
 *       becomes a {@link Problem}.
 *   <li>An error response of {@code verify}, the endpoint for proxies, has only bearer challenges.
 *   <li>An error response of an OAuth endpoint becomes an OAuth error (RFC 6749, section 5.2). A
 *       401 response has the challenges of OAuth clients.
 * </ul>
 */
public final class EndpointErrors {

  /** The kind of an endpoint, which determines the form of its error responses. */
  public enum Kind {
    /** An OAuth endpoint, see {@link AuthorizationServer#matches}. */
    OAUTH,
    /** The endpoint for proxies, {@code verify}. */
    VERIFY,
    /** Any other endpoint. */
    OTHER
  }

  private static final List<String> KEPT =
      List.of(
          HttpHeaders.ALLOW,
          HttpHeaders.RETRY_AFTER,
          HttpHeaders.WWW_AUTHENTICATE,
          "RateLimit-Policy",
          "RateLimit");
  private static final MediaType PROBLEM = MediaType.valueOf(Problem.MEDIA_TYPE);

  private final Problems problems;

  /** Creates an instance that converts exceptions with the given {@link Problems}. */
  public EndpointErrors(Problems problems) {
    this.problems = problems;
  }

  /**
   * Converts an exception to an error response. The entity of the response is a byte array with
   * JSON in UTF-8. This method is for code outside of Jakarta REST.
   *
   * @param requestHeaders the headers of the request; names are case-insensitive
   * @param caller the principal of the request; null if there is none
   */
  public Response of(
      Kind kind,
      RuntimeException thrown,
      MultivaluedMap<String, String> requestHeaders,
      @Nullable Principal caller) {
    Response error =
        thrown instanceof WebApplicationException e && e.getResponse().hasEntity()
            ? e.getResponse()
            : problems.of(thrown, requestHeaders, caller);
    return complete(kind, error, requestHeaders);
  }

  /** Returns an error response in the form of its endpoint. */
  public Response complete(
      Kind kind, Response error, MultivaluedMap<String, String> requestHeaders) {
    boolean finished =
        AuthorizationServer.isOAuthError(error.getEntity())
            || PROBLEM.isCompatible(error.getMediaType());
    Response problem = finished ? error : problem(error, requestHeaders);
    return switch (kind) {
      case OAUTH ->
          AuthorizationServer.completeError(problem, sentence(problem.getEntity()), requestHeaders);
      case VERIFY -> withBearerChallenges(problem);
      case OTHER -> problem;
    };
  }

  private Response problem(Response error, MultivaluedMap<String, String> requestHeaders) {
    ResponseBuilder original = Response.status(error.getStatus());
    for (String name : KEPT) {
      for (Object value : error.getHeaders().getOrDefault(name, List.of())) {
        original.header(name, value);
      }
    }
    return problems.of(new WebApplicationException(original.build()), requestHeaders, null);
  }

  /**
   * Removes all challenges except bearer challenges, because {@code verify} accepts only tokens.
   */
  private static Response withBearerChallenges(Response error) {
    List<Object> challenges = error.getHeaders().get(HttpHeaders.WWW_AUTHENTICATE);
    if (challenges == null) {
      return error;
    }
    ResponseBuilder kept = Response.fromResponse(error).header(HttpHeaders.WWW_AUTHENTICATE, null);
    challenges.stream()
        .filter(challenge -> BearerChallenge.isBearer(challenge.toString()))
        .forEach(challenge -> kept.header(HttpHeaders.WWW_AUTHENTICATE, challenge));
    return kept.build();
  }

  /**
   * Returns the member {@code error} of a problem document, or an empty text if the argument is not
   * a problem document.
   */
  private static String sentence(@Nullable Object problem) {
    return problem instanceof byte[] json
            && StrictJson.readObject(new String(json, StandardCharsets.UTF_8)).get("error")
                instanceof String error
        ? error
        : "";
  }
}
