package io.accesstokens.http;

import io.accesstokens.http.input.Negotiation;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.ArrayList;
import java.util.List;

/**
 * Normalizes the headers {@code Accept} and {@code Content-Type} with {@link Negotiation} before
 * the runtime selects a resource.
 */
@PreMatching
final class NegotiationFilter implements ContainerRequestFilter {

  private final ApiPaths paths;

  NegotiationFilter(ApiPaths paths) {
    this.paths = paths;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (!paths.include(request.getUriInfo())) {
      return;
    }
    MultivaluedMap<String, String> headers = request.getHeaders();
    set(
        headers,
        HttpHeaders.ACCEPT,
        Negotiation.accept(headers.getOrDefault(HttpHeaders.ACCEPT, List.of())));
    String contentType =
        Negotiation.contentType(headers.getOrDefault(HttpHeaders.CONTENT_TYPE, List.of()));
    if (contentType != null) {
      set(headers, HttpHeaders.CONTENT_TYPE, contentType);
    }
  }

  /**
   * Replaces all values of a header with one value. This method does not call {@code putSingle},
   * because {@code putSingle} changes the existing list, which can be unmodifiable.
   */
  private static void set(MultivaluedMap<String, String> headers, String name, String value) {
    if (!List.of(value).equals(headers.get(name))) {
      headers.put(name, new ArrayList<>(List.of(value)));
    }
  }
}
