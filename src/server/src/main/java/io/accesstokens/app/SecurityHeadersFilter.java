package io.accesstokens.app;

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
 * Tells browsers what no answer of this application needs: scripts and styles in a page's text,
 * anything from another site, frames, guesses about types, referrers. On every answer, errors
 * included.
 */
public final class SecurityHeadersFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  /**
   * Content Security Policy Level 3. Pages have their scripts and styles in files, load nothing
   * from elsewhere, and are shown in no frame.
   */
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
          + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

  private static final Map<String, String> ALWAYS =
      Map.of(
          "Content-Security-Policy", CONTENT_SECURITY_POLICY,
          "X-Content-Type-Options", "nosniff",
          "Referrer-Policy", "no-referrer",
          // For browsers that do not know frame-ancestors.
          "X-Frame-Options", "DENY",
          "Cross-Origin-Opener-Policy", "same-origin",
          "Cross-Origin-Resource-Policy", "same-origin");

  /** RFC 6797; a year. Of this host alone: what else is below its domain is not ours to decide. */
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
