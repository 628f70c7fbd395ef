package io.accesstokens.http;

import io.accesstokens.http.input.JsonBody;
import io.accesstokens.http.problem.Problem;
import io.accesstokens.http.protocol.EndpointErrors;
import io.accesstokens.http.resource.VerifyResource;
import io.accesstokens.http.response.SecretHeaders;
import io.accesstokens.oauth.AuthorizationServer;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.lang.annotation.Annotation;

/**
 * Completes the headers of the responses of this API, and converts error responses.
 *
 * <ul>
 *   <li>{@code Cache-Control: no-store} forbids caching of every error, and of every response that
 *       its resource has not marked as cacheable.
 *   <li>{@code X-Content-Type-Options: nosniff} prevents browsers from guessing the media type of a
 *       response.
 *   <li>{@code Accept-Patch} describes PATCH in a response to OPTIONS (RFC 5789).
 *   <li>{@code Deprecation} and {@code Sunset} tell a client that its secret was replaced.
 *   <li>An error response gets the form of its endpoint, see {@link EndpointErrors}.
 * </ul>
 */
final class ResponseHeadersFilter implements ContainerResponseFilter {

  private static final int FIRST_ERROR = 400;

  private final ApiPaths paths;
  private final EndpointErrors errors;

  ResponseHeadersFilter(ApiPaths paths, EndpointErrors errors) {
    this.paths = paths;
    this.errors = errors;
  }

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    if (!paths.include(request.getUriInfo())) {
      return;
    }
    if (response.getStatus() >= FIRST_ERROR) {
      complete(request, response);
    }
    if (!isCacheable(response)) {
      response.getHeaders().putSingle(HttpHeaders.CACHE_CONTROL, "no-store");
    }
    response.getHeaders().putSingle("X-Content-Type-Options", "nosniff");
    if (request.getMethod().equals(HttpMethod.OPTIONS)
        && response.getAllowedMethods().contains(HttpMethod.PATCH)) {
      response.getHeaders().putSingle(Problem.ACCEPT_PATCH, JsonBody.PATCH_TYPES);
    }
    SecurityContext security = request.getSecurityContext();
    SecretHeaders.addEnd(
        response.getHeaders(), security == null ? null : security.getUserPrincipal());
  }

  private void complete(ContainerRequestContext request, ContainerResponseContext response) {
    Response error =
        Response.status(response.getStatus())
            .replaceAll(response.getHeaders())
            .entity(response.getEntity())
            .build();
    Response completed = errors.complete(kind(request.getUriInfo()), error, request.getHeaders());
    response.setStatus(completed.getStatus());
    response.getHeaders().clear();
    response.getHeaders().putAll(completed.getHeaders());
    response.setEntity(completed.getEntity(), new Annotation[0], completed.getMediaType());
  }

  private static EndpointErrors.Kind kind(UriInfo uri) {
    if (AuthorizationServer.matches(uri)) {
      return EndpointErrors.Kind.OAUTH;
    }
    return VerifyResource.matches(uri) ? EndpointErrors.Kind.VERIFY : EndpointErrors.Kind.OTHER;
  }

  /**
   * Returns true if the response is not an error and its {@code Cache-Control} begins with {@code
   * public,} or {@code private,}.
   */
  private static boolean isCacheable(ContainerResponseContext response) {
    String value = String.valueOf(response.getHeaders().getFirst(HttpHeaders.CACHE_CONTROL));
    return response.getStatus() < FIRST_ERROR
        && (value.startsWith("public,") || value.startsWith("private,"));
  }
}
