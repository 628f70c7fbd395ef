package io.accesstokens.app.command;

import io.accesstokens.app.logging.RequestTrace;
import io.accesstokens.http.problem.Problem;
import io.accesstokens.http.problem.TraceContext;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;

/**
 * Writes a problem document as the error response if the container rejects a request before the
 * request reaches the application. If there is no application, the status is 503 and not 404.
 */
final class ProblemErrorReportValve extends ErrorReportValve {

  ProblemErrorReportValve() {
    setShowReport(false);
    setShowServerInfo(false);
  }

  @Override
  protected void report(Request request, Response response, @Nullable Throwable throwable) {
    if (response.getStatus() < 400
        || response.getContentWritten() > 0
        || !response.setErrorReported()) {
      return;
    }
    if (request.getContext() == null && response.getStatus() == HttpServletResponse.SC_NOT_FOUND) {
      // The start of the application has failed, and the process ends soon. From 404, a client
      // would conclude that its token does not exist.
      response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
      response.setHeader("Retry-After", Problem.RETRY_AFTER_SECONDS);
    }
    TraceContext.Scope scope = RequestTrace.open(request);
    try {
      byte[] body = Problem.ofStatus(response.getStatus()).toJson();
      response.setHeader(RequestTrace.HEADER, RequestTrace.idOf(request));
      response.setContentType(Problem.MEDIA_TYPE);
      response.setHeader("Cache-Control", "no-store");
      response.setHeader("X-Content-Type-Options", "nosniff");
      response.setContentLength(body.length);
      response.getResponse().getOutputStream().write(body);
      response.finishResponse();
    } catch (IOException | IllegalStateException e) {
      // The client has disconnected, or has already received a response.
    } finally {
      scope.close();
    }
  }
}
