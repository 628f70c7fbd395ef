package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;

/**
 * Lets pages of other origins call the API, if their origin is allowed (the CORS protocol of the
 * Fetch standard). Without allowed origins it does nothing.
 *
 * <ol>
 *   <li>Never with credentials: a browser gives such a page no answer to a request that carried a
 *       cookie or what it remembers of Basic. The page sends a token of its own accord.
 *   <li>An allowed origin is repeated as it was sent. There is no {@code *} and no pattern; {@code
 *       null} is nobody's.
 *   <li>A preflight of an allowed origin is answered here, 204, before anybody is asked who calls.
 *       Any other goes on, and gets no leave.
 *   <li>Every answer, to whomever, varies by {@code Origin}.
 * </ol>
 */
public final class CorsFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  private static final String ORIGIN = "Origin";

  /** Ten minutes: browsers keep it for two hours at most. */
  private static final String MAX_AGE = "600";

  private transient Set<String> allowed = Set.of();

  /** As the container makes it. */
  public CorsFilter() {}

  CorsFilter(Set<String> allowed) {
    this.allowed = Set.copyOf(allowed);
  }

  @Inject
  void configure(Configuration configuration) {
    allowed = configuration.federation().allowedOrigins();
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (allowed.isEmpty()) {
      chain.doFilter(request, response);
      return;
    }
    response.addHeader("Vary", ORIGIN);
    String origin = request.getHeader(ORIGIN);
    if (origin == null || !allowed.contains(origin)) {
      chain.doFilter(request, response);
      return;
    }
    response.setHeader("Access-Control-Allow-Origin", origin);
    if (request.getMethod().equals("OPTIONS")
        && request.getHeader("Access-Control-Request-Method") != null) {
      response.setHeader("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE");
      response.setHeader("Access-Control-Allow-Headers", "Authorization, Content-Type");
      response.setHeader("Access-Control-Max-Age", MAX_AGE);
      response.setStatus(HttpServletResponse.SC_NO_CONTENT);
      return;
    }
    response.setHeader("Access-Control-Expose-Headers", "Location, Retry-After, WWW-Authenticate");
    chain.doFilter(request, response);
  }
}
