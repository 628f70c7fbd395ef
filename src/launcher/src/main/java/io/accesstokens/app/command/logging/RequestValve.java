package io.accesstokens.app.command.logging;

import io.accesstokens.app.logging.RequestTrace;
import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.http.problem.TraceContext;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.AccessLog;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Sets the trace id of a request for all code of the container, and writes the access log. The
 * access log also contains the requests that the container rejects before this valve runs.
 */
public final class RequestValve extends ValveBase implements AccessLog {

  private static final Logger LOG = Logger.getLogger(LineFormat.ACCESS);

  private final boolean accessLog;

  /**
   * Creates a valve.
   *
   * @param accessLog true if each request gets a line in the access log
   */
  public RequestValve(boolean accessLog) {
    super(true); // supports asynchronous requests
    this.accessLog = accessLog;
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    TraceContext.Scope scope = RequestTrace.open(request);
    try {
      getNext().invoke(request, response);
    } finally {
      scope.close();
    }
  }

  /**
   * Writes the line of a request that has ended.
   *
   * @param nanos the duration of the request, in nanoseconds
   */
  @Override
  public void log(Request request, Response response, long nanos) {
    if (!accessLog) {
      return;
    }
    TraceContext.Scope scope = RequestTrace.open(request);
    try {
      Object client = request.getAttribute(AccessTokensFeature.CLIENT_ADDRESS);
      LOG.log(
          Level.INFO,
          AccessLine.of(
              request.getMethod(),
              request.getRequestURI(),
              response.getStatus(),
              TimeUnit.NANOSECONDS.toMillis(nanos),
              response.getBytesWritten(false),
              client instanceof String address ? address : request.getRemoteAddr(),
              request.getHeader("User-Agent")));
    } finally {
      scope.close();
    }
  }

  /**
   * Does nothing. This valve always uses the client address that the application has determined.
   */
  @Override
  public void setRequestAttributesEnabled(boolean enabled) {}

  @Override
  public boolean getRequestAttributesEnabled() {
    return false;
  }
}
