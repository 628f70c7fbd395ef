package io.accesstokens.app.web;

import io.accesstokens.http.problem.Problem;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Serves the error page of the application: a problem document for an error outside the API, for
 * example for an unknown path. A direct request to this servlet gets 404.
 */
public final class ProblemServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (response.isCommitted()) {
      return; // part of another response was sent, and this output must not look like its end
    }
    Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    write(response, status instanceof Integer code ? code : HttpServletResponse.SC_NOT_FOUND);
  }

  public static void write(HttpServletResponse response, int status) throws IOException {
    byte[] body = Problem.ofStatus(status).toJson();
    response.setStatus(status);
    response.setContentType(Problem.MEDIA_TYPE);
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
