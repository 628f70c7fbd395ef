package io.accesstokens.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.List;

/** Applies {@link Negotiation} before a route is chosen. */
@PreMatching
final class NegotiationFilter implements ContainerRequestFilter {

  private final OwnPaths own;

  NegotiationFilter(OwnPaths own) {
    this.own = own;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (!own.include(request.getUriInfo())) {
      return;
    }
    MultivaluedMap<String, String> headers = request.getHeaders();
    headers.putSingle(
        HttpHeaders.ACCEPT,
        Negotiation.accept(headers.getOrDefault(HttpHeaders.ACCEPT, List.of())));
    String contentType =
        Negotiation.contentType(headers.getOrDefault(HttpHeaders.CONTENT_TYPE, List.of()));
    if (contentType != null) {
      headers.putSingle(HttpHeaders.CONTENT_TYPE, contentType);
    }
  }
}
