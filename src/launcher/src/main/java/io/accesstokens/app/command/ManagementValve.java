package io.accesstokens.app.command;

import io.accesstokens.app.metrics.ManagementPort;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Marks the requests of the management port. Only the metrics and the health checks are served at
 * this port. The status for all other paths is 404.
 */
final class ManagementValve extends ValveBase {

  private static final String METRICS = "/metrics";
  private static final String HEALTH = "/health/";

  private final Connector management;

  ManagementValve(Connector management) {
    super(true);
    this.management = management;
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    if (request.getConnector() == management) {
      // The decoded path is the one that selects the servlet.
      String path = request.getDecodedRequestURI();
      if (!METRICS.equals(path) && (path == null || !path.startsWith(HEALTH))) {
        response.sendError(HttpServletResponse.SC_NOT_FOUND);
        return;
      }
      request.setAttribute(ManagementPort.ATTRIBUTE, true);
    }
    getNext().invoke(request, response);
  }
}
