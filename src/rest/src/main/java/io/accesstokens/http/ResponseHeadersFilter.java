package io.accesstokens.http;

import io.accesstokens.http.input.StrictJson;
import io.accesstokens.http.problem.Problem;
import io.accesstokens.http.problem.Problems;
import io.accesstokens.oauth.AuthorizationServer;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;
import java.lang.annotation.Annotation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Completes the headers and the error form of the responses of this API.
 *
 * <ul>
 *   <li>A response that is not public, including every error, must not be cached.
 *   <li>Browsers must not guess the media type of a response.
 *   <li>An error response from the runtime or a host's mapper becomes a {@link Problem}.
 *   <li>An error response of an OAuth endpoint gets the form of OAuth.
 * </ul>
 */
final class ResponseHeadersFilter implements ContainerResponseFilter {

  private static final int FIRST_ERROR = 400;
  private static final List<String> KEPT =
      List.of(HttpHeaders.ALLOW, HttpHeaders.RETRY_AFTER, HttpHeaders.WWW_AUTHENTICATE);
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
    if (response.getStatus() >= FIRST_ERROR && !AuthorizationServer.hasForm(response)) {
      if (!PROBLEM.isCompatible(response.getMediaType())) {
        giveForm(request, response);
      }
      if (AuthorizationServer.isAskedBy(request.getUriInfo())) {
        AuthorizationServer.giveForm(response, sentence(response.getEntity()));
      }
    }
    if (!isPublic(response)) {
      response.getHeaders().putSingle(HttpHeaders.CACHE_CONTROL, "no-store");
    }
    response.getHeaders().putSingle("X-Content-Type-Options", "nosniff");
  }

  /** Returns true if the resource has declared the response as public, with a lifetime. */
  private static boolean isPublic(ContainerResponseContext response) {
    return response.getStatus() < FIRST_ERROR
        && String.valueOf(response.getHeaders().getFirst(HttpHeaders.CACHE_CONTROL))
            .startsWith("public,");
  }

  /** Returns the error sentence of a problem document. */
  private static String sentence(@Nullable Object problem) {
    return problem instanceof byte[] json
            && StrictJson.readObject(new String(json, StandardCharsets.UTF_8)).get("error")
                instanceof String error
        ? error
        : "";
  }

  private void giveForm(ContainerRequestContext request, ContainerResponseContext response) {
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
