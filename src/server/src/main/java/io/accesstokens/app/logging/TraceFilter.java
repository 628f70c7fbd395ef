package io.accesstokens.app.logging;

import io.accesstokens.http.problem.TraceContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Sets the trace id of a request for the thread that processes the request, and adds the id to the
 * response. This filter runs before all other filters, and again for each asynchronous or error
 * dispatch of the request.
 */
public final class TraceFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    TraceContext.Scope scope = RequestTrace.open(request);
    try {
      response.setHeader(RequestTrace.HEADER, RequestTrace.idOf(request));
      chain.doFilter(request, response);
    } finally {
      scope.close();
    }
  }
}
