package io.accesstokens.app;

import io.accesstokens.auth.RawTokenAuthentication;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Notes where a request comes from, for the audit log (forwarded headers are not believed), and
 * puts CDI's request scope around all that follows.
 */
public final class ConnectionFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  private transient @Nullable RequestScope requestScope;

  @Override
  public void init() {
    requestScope = CDI.current().select(RequestScope.class).get();
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    request.setAttribute(RawTokenAuthentication.CLIENT_ADDRESS, request.getRemoteAddr());
    Objects.requireNonNull(requestScope, "not initialized")
        .around(() -> chain.doFilter(request, response));
  }
}
