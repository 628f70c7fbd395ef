package io.accesstokens.app;

import io.accesstokens.http.AccessTokensRoutes;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Has the container cut the connection of an answer that could not be written to its end. Whatever
 * becomes of an exception within Jakarta REST, one that leaves the last filter after the answer's
 * beginning was sent makes a container do that: it has nothing else left to say.
 */
public final class AbortConnectionFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    chain.doFilter(request, response);
    if (request.getAttribute(AccessTokensRoutes.CUT_SHORT) != null && response.isCommitted()) {
      throw new IOException("an answer was cut short; the log says why");
    }
  }
}
