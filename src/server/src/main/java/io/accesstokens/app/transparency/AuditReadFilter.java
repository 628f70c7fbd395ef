package io.accesstokens.app.transparency;

import io.accesstokens.app.AuditLogger;
import io.accesstokens.app.metrics.RouteTemplates;
import io.accesstokens.http.caller.Callers;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import java.util.UUID;

/**
 * Logs reads of audit events, before the response is sent. Two kinds of reads are not logged: reads
 * of events of the caller's own personal tokens, and reads of hashes of the transparency log.
 */
public final class AuditReadFilter implements ContainerResponseFilter {

  /** Templates of the routes whose reads are logged, relative to the base path of the API. */
  private static final Set<String> ROUTES =
      Set.of(
          "/access-tokens/service/audit",
          "/access-tokens/service/audit/export",
          "/access-tokens/service/{id}/audit",
          "/access-tokens/service/{id}/audit/{eventId}/proof",
          "/access-tokens/user-tokens/audit",
          "/access-tokens/user-tokens/audit/export",
          "/access-tokens/user-tokens/{id}/audit",
          "/access-tokens/user-tokens/{id}/audit/{eventId}/proof",
          "/access-tokens/log/tile/entries/{bundle}");

  private final String base;
  private final AuditLogger audit;

  /**
   * Creates the filter.
   *
   * @param base the path of the API, without a slash at its end
   * @param audit receives the reads
   */
  public AuditReadFilter(String base, AuditLogger audit) {
    this.base = base;
    this.audit = audit;
  }

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    if (response.getStatus() == Response.Status.OK.getStatusCode()
        && request.getMethod().equals(HttpMethod.GET)
        && request.getProperty(RouteTemplates.ATTRIBUTE) instanceof String route
        && route.startsWith(base)
        && ROUTES.contains(route.substring(base.length()))) {
      String id = request.getUriInfo().getPathParameters().getFirst("id");
      audit.auditLogRead(
          Callers.actor(request.getSecurityContext()),
          route,
          id == null ? null : UUID.fromString(id));
    }
  }
}
