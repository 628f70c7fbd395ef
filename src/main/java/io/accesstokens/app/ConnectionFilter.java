package io.accesstokens.app;

import io.accesstokens.auth.RawTokenAuthentication;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Notes where a request comes from, for the audit log. Forwarded headers are not believed. */
public final class ConnectionFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    request.setAttribute(RawTokenAuthentication.CLIENT_ADDRESS, request.getRemoteAddr());
    chain.doFilter(request, response);
  }
}
