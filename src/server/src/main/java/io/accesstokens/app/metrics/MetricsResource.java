package io.accesstokens.app.metrics;

import io.accesstokens.token.Permissions;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.annotation.security.RolesAllowed;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;

/**
 * Serves the metrics to callers with the permission {@code access-tokens:metrics:read}. The servlet
 * of {@code /metrics} forwards requests to this resource. Therefore, these requests are
 * authenticated like all requests to the API. A direct request to this resource gets 404.
 */
@Path(MetricsResource.PATH)
@Hidden
public class MetricsResource {

  static final String PATH = "access-tokens/metrics";

  /** The path within the application to which requests are forwarded. */
  public static final String FORWARD = "/api/" + PATH;

  /**
   * The name of the request attribute that marks a forwarded request. Its value is the media type
   * of the response.
   */
  public static final String FORWARDED = "io.accesstokens.app.metrics.forwarded";

  private final ServerMetrics metrics;

  public MetricsResource(ServerMetrics metrics) {
    this.metrics = metrics;
  }

  /** Returns all metrics, in the format that the servlet has selected. */
  @GET
  @RolesAllowed(Permissions.METRICS_READ)
  public Response metrics(@Context HttpServletRequest request) {
    if (!(request.getAttribute(FORWARDED) instanceof String mediaType)) {
      throw new NotFoundException();
    }
    StreamingOutput body = out -> metrics.write(out, mediaType);
    return Response.ok(body).type(mediaType).build();
  }
}
