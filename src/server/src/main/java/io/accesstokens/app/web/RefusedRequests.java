package io.accesstokens.app.web;

import io.accesstokens.http.problem.Problem;
import io.accesstokens.http.problem.TraceContext;
import io.accesstokens.oauth.AuthorizationServer;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * Writes the error responses to requests that are refused before they reach a resource, and ends
 * suspended requests.
 */
final class RefusedRequests {

  private static final Logger LOG = System.getLogger(RefusedRequests.class.getName());

  private RefusedRequests() {}

  /**
   * Writes an error response. Makes the container close the connection, except with HTTP/2. OAuth
   * paths get an OAuth error, and all other paths get a problem document. Adds {@code Retry-After}
   * for the statuses 429 and 503. Does nothing if a response has already been committed.
   *
   * @param status 400, 408, 429 or 503
   */
  static void refuse(HttpServletRequest request, HttpServletResponse response, int status)
      throws IOException {
    if (response.isCommitted()) {
      return;
    }
    Problem problem =
        status == HttpServletResponse.SC_SERVICE_UNAVAILABLE
            ? Problem.overloaded()
            : Problem.ofStatus(status);
    boolean oauth = isOAuth(request);
    response.resetBuffer();
    response.setStatus(status); // first, because a failure of a later line must not leave 200
    byte[] body = oauth ? AuthorizationServer.error(status, problem.error()) : problem.toJson();
    response.setContentType(oauth ? "application/json" : Problem.MEDIA_TYPE);
    response.setHeader("Cache-Control", "no-store");
    closeAfter(request, response);
    if (status > HttpServletResponse.SC_REQUEST_TIMEOUT) {
      response.setHeader("Retry-After", Problem.RETRY_AFTER_SECONDS);
    }
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
    response.flushBuffer();
  }

  /**
   * Writes an error response to a suspended request, and ends the request.
   *
   * @param traceId the trace id of the request; null if it has none
   */
  static void refuseSuspended(
      AsyncContext context,
      HttpServletRequest request,
      HttpServletResponse response,
      int status,
      @Nullable String traceId) {
    TraceContext.Scope scope = TraceContext.open(traceId);
    try {
      refuse(request, response, status);
    } catch (IOException | IllegalStateException e) {
      LOG.log(Level.DEBUG, "the client has disconnected", e);
    } finally {
      scope.close();
      complete(context);
    }
  }

  /** Ends a suspended request. Does nothing if the container has already ended the request. */
  static void complete(AsyncContext context) {
    try {
      context.complete();
    } catch (IllegalStateException e) {
      LOG.log(Level.DEBUG, "the container has ended the request itself", e);
    }
  }

  /**
   * Makes the container close the connection after the response. Does nothing with HTTP/2, because
   * HTTP/2 clients refuse a response with the header {@code Connection} (RFC 9113, section 8.2.2).
   */
  static void closeAfter(HttpServletRequest request, HttpServletResponse response) {
    if (!isHttp2(request)) {
      response.setHeader("Connection", "close");
    }
  }

  static boolean isHttp2(HttpServletRequest request) {
    return request.getProtocol().startsWith("HTTP/2");
  }

  /** Returns true if the errors of a request have the format of OAuth. */
  static boolean isOAuth(HttpServletRequest request) {
    String path = ApiPath.of(request);
    return path != null && AuthorizationServer.matches(path);
  }
}
