package io.accesstokens.app.web;

import io.accesstokens.app.settings.Configuration;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;

/**
 * Adds security headers to every response, including error responses. The headers make browsers
 * block features that the pages do not use:
 *
 * <ul>
 *   <li>inline scripts and styles
 *   <li>content from other sites
 *   <li>frames
 *   <li>detection of content types (sniffing)
 *   <li>{@code Referer} headers
 * </ul>
 */
public final class SecurityHeadersFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  /**
   * Value of the header {@code Content-Security-Policy} (Content Security Policy Level 3).
   * Responses load nothing from other origins, contain no inline script or style, and cannot be
   * shown in a frame. Pages replace this value: they also allow one inline script and one inline
   * style by their hashes.
   */
  public static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
          + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

  private static final Map<String, String> ALWAYS =
      Map.of(
          "Content-Security-Policy", CONTENT_SECURITY_POLICY,
          "X-Content-Type-Options", "nosniff",
          "Referrer-Policy", "no-referrer",
          // For browsers that do not support frame-ancestors.
          "X-Frame-Options", "DENY",
          "Cross-Origin-Opener-Policy", "same-origin",
          "Cross-Origin-Resource-Policy", "same-origin");

  /**
   * Value of the header {@code Strict-Transport-Security} (RFC 6797): one year, in seconds. The
   * value does not contain {@code includeSubDomains}, because this service cannot decide for other
   * hosts of its domain.
   */
  private static final String STRICT_TRANSPORT_SECURITY = "max-age=31536000";

  private boolean publicTls;

  @Inject
  void configure(Configuration configuration) {
    publicTls =
        configuration
            .publicUrl()
            .filter(url -> "https".equalsIgnoreCase(url.getScheme()))
            .isPresent();
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    ALWAYS.forEach(response::setHeader);
    if (publicTls || request.isSecure()) {
      response.setHeader("Strict-Transport-Security", STRICT_TRANSPORT_SECURITY);
    }
    chain.doFilter(request, response);
  }
}
