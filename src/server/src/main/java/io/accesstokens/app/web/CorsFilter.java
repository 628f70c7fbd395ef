package io.accesstokens.app.web;

import io.accesstokens.app.logging.RequestTrace;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.transparency.ArchiveHeaderFilter;
import io.accesstokens.http.resource.VerifyResource;
import io.accesstokens.http.response.SecretHeaders;
import io.accesstokens.token.rotation.RotationRequest;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;

/**
 * Lets pages of allowed origins call the API (the CORS protocol of the Fetch standard). Does
 * nothing if no origins are allowed.
 *
 * <ol>
 *   <li>Credentials of the browser are never allowed. If a request has a cookie or stored Basic
 *       credentials, the browser hides the response from the page. A page must use a token.
 *   <li>The response repeats an allowed origin unchanged. The response never contains {@code *}.
 *       Patterns of origins are not supported. The origin {@code null} is never allowed.
 *   <li>This filter responds to a preflight request of an allowed origin with 204, before
 *       authentication. A preflight request of any other origin passes this filter, and its
 *       response has no CORS headers.
 *   <li>A preflight request for {@link VerifyResource} passes this filter. A proxy can forward the
 *       method and the headers of its client to this resource. The proxy would treat a 204 response
 *       as permission for the client's request.
 *   <li>A preflight request with a body passes this filter. Browsers never send a body in a
 *       preflight request. If this filter responded, the container would block the thread until the
 *       body has arrived.
 *   <li>Every response has the header {@code Vary: Origin}, even for origins that are not allowed.
 * </ol>
 */
public final class CorsFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  private static final String ORIGIN = "Origin";

  /** Time for which browsers may cache a preflight response, in seconds. */
  private static final String MAX_AGE = "600";

  private transient Set<String> allowed = Set.of();

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
    if (isPreflight(request) && !mayBeForVerify(request)) {
      response.setHeader("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE");
      response.setHeader(
          "Access-Control-Allow-Headers",
          "Authorization, Content-Type, " + RotationRequest.IDEMPOTENCY_KEY);
      response.setHeader("Access-Control-Max-Age", MAX_AGE);
      response.setStatus(HttpServletResponse.SC_NO_CONTENT);
      return;
    }
    response.setHeader(
        "Access-Control-Expose-Headers",
        String.join(
            ", ",
            "Accept-Patch",
            "Allow",
            "Content-Disposition",
            "Location",
            "RateLimit",
            "RateLimit-Policy",
            "Retry-After",
            "WWW-Authenticate",
            ArchiveHeaderFilter.ARCHIVED_UNTIL,
            SecretHeaders.DEPRECATION,
            SecretHeaders.SUNSET,
            SecretHeaders.EXPIRES,
            RequestTrace.HEADER));
    chain.doFilter(request, response);
  }

  private static boolean isPreflight(HttpServletRequest request) throws IOException {
    return request.getMethod().equals("OPTIONS")
        && request.getHeader("Access-Control-Request-Method") != null
        && request.getInputStream().isFinished();
  }

  /**
   * Returns true if a request is for {@link VerifyResource}, or if its path has path parameters. A
   * path with path parameters is not decoded, and can belong to this resource. Browser pages use no
   * path parameters.
   */
  private static boolean mayBeForVerify(HttpServletRequest request) {
    String path = ApiPath.of(request);
    return ApiPath.hasParameters(request) || (path != null && VerifyResource.matches(path));
  }
}
