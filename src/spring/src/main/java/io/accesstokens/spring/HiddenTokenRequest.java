package io.accesstokens.spring;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.util.WebUtils;

/**
 * A request with an accepted raw token. The wrapper hides the {@code Authorization} header from the
 * other filters of the security filter chain. Otherwise, a filter for JWTs or for opaque tokens of
 * another issuer would refuse the raw token, or send it to that issuer. The application can read
 * the header.
 */
final class HiddenTokenRequest extends HttpServletRequestWrapper {

  private volatile boolean hidden = true;

  HiddenTokenRequest(HttpServletRequest request) {
    super(request);
  }

  private boolean hides(String name) {
    return hidden && HttpHeaders.AUTHORIZATION.equalsIgnoreCase(name);
  }

  @Override
  public @Nullable String getHeader(String name) {
    return hides(name) ? null : super.getHeader(name);
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    return hides(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
  }

  @Override
  public Enumeration<String> getHeaderNames() {
    return Collections.enumeration(
        Collections.list(super.getHeaderNames()).stream().filter(name -> !hides(name)).toList());
  }

  /**
   * Makes the hidden header visible to the application. Runs right after the authorization filter
   * of the chain.
   */
  static final class RevealFilter implements Filter {

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      HiddenTokenRequest hiding = WebUtils.getNativeRequest(request, HiddenTokenRequest.class);
      if (hiding != null) {
        hiding.hidden = false;
      }
      chain.doFilter(request, response);
    }
  }
}
