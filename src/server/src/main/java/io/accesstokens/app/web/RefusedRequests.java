package io.accesstokens.app.web;

import io.accesstokens.http.problem.Problem;
import io.accesstokens.oauth.AuthorizationServer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Writes the error responses to requests that are refused before they reach a resource. */
final class RefusedRequests {

  private RefusedRequests() {}

  /**
   * Writes an error response, and closes the connection. OAuth paths get an OAuth error, and all
   * other paths get a problem document. Adds {@code Retry-After} for the statuses 429 and 503. Does
   * nothing if a response has already been committed.
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
            ? Problem.unavailable()
            : Problem.ofStatus(status);
    boolean oauth = isOAuth(request);
    response.resetBuffer();
    byte[] body = oauth ? AuthorizationServer.error(status, problem.error()) : problem.toJson();
    response.setStatus(status);
    response.setContentType(oauth ? "application/json" : Problem.MEDIA_TYPE);
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("Connection", "close");
    if (status > HttpServletResponse.SC_REQUEST_TIMEOUT) {
      response.setHeader("Retry-After", Problem.RETRY_AFTER_SECONDS);
    }
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
    response.flushBuffer();
  }

  /** Returns true if the errors of a request have the format of OAuth. */
  static boolean isOAuth(HttpServletRequest request) {
    String path = ApiPath.of(request);
    return path != null && AuthorizationServer.matches(path);
  }
}
