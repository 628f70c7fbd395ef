package io.accesstokens.app.transparency;

import io.accesstokens.http.response.ServiceTokenResponses;
import io.accesstokens.transparency.LogMonitor;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.PathSegment;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Adds a header to each list of audit events, if events were moved to an archive. Uses the last
 * result of the {@link LogMonitor}, and does not read the store.
 */
public final class ArchiveHeaderFilter implements ContainerResponseFilter {

  /**
   * Name of the header with the time of the newest archived event. Events until this time can be
   * missing from the list.
   */
  public static final String ARCHIVED_UNTIL = "X-Access-Token-Archived-Until";

  private final LogMonitor monitor;

  public ArchiveHeaderFilter(LogMonitor monitor) {
    this.monitor = monitor;
  }

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    // The status is checked first, because a path can have thousands of segments.
    if (response.getStatus() == Response.Status.OK.getStatusCode()
        && listsEvents(path(request.getUriInfo()))) {
      monitor
          .last()
          .flatMap(status -> Optional.ofNullable(status.archive()))
          .ifPresent(
              archive ->
                  response
                      .getHeaders()
                      .putSingle(ARCHIVED_UNTIL, ServiceTokenResponses.text(archive.newest())));
    }
  }

  private static boolean listsEvents(String path) {
    return path.endsWith("/audit") || path.endsWith("/audit/export");
  }

  /** Returns the path without matrix parameters, and without a slash at its end. */
  private static String path(UriInfo uri) {
    return uri.getPathSegments().stream()
        .map(PathSegment::getPath)
        .filter(segment -> !segment.isEmpty())
        .collect(Collectors.joining("/", "/", ""));
  }
}
