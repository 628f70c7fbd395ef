package io.accesstokens.http;

import io.accesstokens.http.input.StrictJson;
import io.accesstokens.http.problem.Problem;
import io.accesstokens.http.problem.Problems;
import io.accesstokens.http.response.SecretHeaders;
import io.accesstokens.oauth.AuthorizationServer;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;
import jakarta.ws.rs.core.SecurityContext;
import java.lang.annotation.Annotation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Completes the headers of the responses of this API, and converts error responses.
 *
 * <ul>
 *   <li>{@code Cache-Control: no-store} forbids caching of every error, and of every response that
 *       is not public.
 *   <li>{@code X-Content-Type-Options: nosniff} prevents browsers from guessing the media type of a
 *       response.
 *   <li>{@code Deprecation} and {@code Sunset} tell a client that its secret was replaced.
 *   <li>An error response from the runtime or from an exception mapper of the host application
 *       becomes a {@link Problem}.
 *   <li>An error response of an OAuth endpoint becomes an OAuth error (RFC 6749, section 5.2).
 * </ul>
 */
final class ResponseHeadersFilter implements ContainerResponseFilter {

  private static final int FIRST_ERROR = 400;
  private static final List<String> KEPT =
      List.of(
          HttpHeaders.ALLOW,
          HttpHeaders.RETRY_AFTER,
          HttpHeaders.WWW_AUTHENTICATE,
          "RateLimit-Policy",
          "RateLimit");
  private static final MediaType PROBLEM = MediaType.valueOf(Problem.MEDIA_TYPE);

  private final ApiPaths own;
  private final Problems problems;

  ResponseHeadersFilter(ApiPaths own, Problems problems) {
    this.own = own;
    this.problems = problems;
  }

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    if (!own.include(request.getUriInfo())) {
      return;
    }
    if (response.getStatus() >= FIRST_ERROR && !AuthorizationServer.isOAuthError(response)) {
      if (!PROBLEM.isCompatible(response.getMediaType())) {
        toOAuthError(request, response);
      }
      if (AuthorizationServer.matches(request.getUriInfo())) {
        AuthorizationServer.toOAuthError(response, sentence(response.getEntity()));
      }
    }
    if (!isPublic(response)) {
      response.getHeaders().putSingle(HttpHeaders.CACHE_CONTROL, "no-store");
    }
    response.getHeaders().putSingle("X-Content-Type-Options", "nosniff");
    SecurityContext security = request.getSecurityContext();
    SecretHeaders.addEnd(
        response.getHeaders(), security == null ? null : security.getUserPrincipal());
  }

  /**
   * Returns true if the response is not an error and its {@code Cache-Control} begins with {@code
   * public}.
   */
  private static boolean isPublic(ContainerResponseContext response) {
    return response.getStatus() < FIRST_ERROR
        && String.valueOf(response.getHeaders().getFirst(HttpHeaders.CACHE_CONTROL))
            .startsWith("public,");
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

  private void toOAuthError(ContainerRequestContext request, ContainerResponseContext response) {
    ResponseBuilder original = Response.status(response.getStatus());
    for (String name : KEPT) {
      for (Object value : response.getHeaders().getOrDefault(name, List.of())) {
        original.header(name, value);
      }
    }
    Response problem =
        problems.of(new WebApplicationException(original.build()), request.getHeaders(), null);
    response.setStatus(problem.getStatus());
    response.getHeaders().clear();
    problem.getHeaders().forEach((name, values) -> response.getHeaders().put(name, values));
    response.setEntity(problem.getEntity(), new Annotation[0], PROBLEM);
  }
}
