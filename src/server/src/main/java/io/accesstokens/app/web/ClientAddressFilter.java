package io.accesstokens.app.web;

import io.accesstokens.app.client.TrustedProxies;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.auth.AccessTokensFeature;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Stores the client address in an attribute of the request. All code that logs, counts or limits by
 * client address reads this attribute. {@link TrustedProxies} decides which forwarding headers are
 * trusted.
 */
public final class ClientAddressFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  /**
   * Name of the request attribute that marks a request with an ignored forwarding header. A
   * forwarding header is ignored if the peer is not a trusted proxy. The client address can then be
   * the address of a proxy.
   */
  public static final String IGNORED_HEADER = ClientAddressFilter.class.getName() + ".ignored";

  private static final Logger LOG = System.getLogger(ClientAddressFilter.class.getName());

  private final transient AtomicBoolean warned = new AtomicBoolean();

  private transient @Nullable TrustedProxies proxies;

  @Inject
  void configure(Configuration configuration) {
    proxies = configuration.trustedProxies();
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    TrustedProxies trusted = proxies;
    if (trusted == null) {
      throw new IllegalStateException("CDI has not injected the configuration into this filter");
    }
    String peer = request.getRemoteAddr();
    request.setAttribute(
        AccessTokensFeature.CLIENT_ADDRESS,
        trusted.clientOf(peer, name -> values(request.getHeaders(name))));
    if (hasProxyHeader(request) && !trusted.isTrusted(peer)) {
      request.setAttribute(IGNORED_HEADER, true);
      warn();
    }
    chain.doFilter(request, response);
  }

  private static boolean hasProxyHeader(HttpServletRequest request) {
    return request.getHeader(TrustedProxies.X_FORWARDED_FOR) != null
        || request.getHeader(TrustedProxies.FORWARDED) != null;
  }

  private static List<String> values(@Nullable Enumeration<String> headers) {
    return headers == null ? List.of() : Collections.list(headers);
  }

  /**
   * Logs a warning about an ignored forwarding header. Warns only once, because any client can send
   * forwarding headers.
   */
  private void warn() {
    if (!warned.get() && warned.compareAndSet(false, true)) {
      LOG.log(
          Level.WARNING,
          "a request has a forwarding header but is not from an address in"
              + " accessTokens.trustedProxies, so the header is ignored; if it came through"
              + " a proxy, add the proxy to accessTokens.trustedProxies: otherwise all its"
              + " clients have one address and share one rate limit");
    }
  }
}
