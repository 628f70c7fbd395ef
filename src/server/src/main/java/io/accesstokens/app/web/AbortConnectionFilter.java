package io.accesstokens.app.web;

import io.accesstokens.http.AccessTokensRoutes;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Makes the container abort the connection if a response could not be written completely. The
 * container aborts the connection if an exception leaves the outermost filter after the response
 * was committed. Therefore, this filter throws an exception. The exception is new, because Jakarta
 * REST may have handled the original exception.
 */
public final class AbortConnectionFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    chain.doFilter(request, response);
    if (request.getAttribute(AccessTokensRoutes.INCOMPLETE_RESPONSE) != null
        && response.isCommitted()) {
      throw new IOException("a response was aborted; the log contains the reason");
    }
  }
}
