package io.accesstokens.app.web;

import io.accesstokens.app.metrics.RouteTemplates;
import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.http.RoutesFeature;
import io.accesstokens.http.protocol.ProtocolEndpoints;
import io.accesstokens.http.protocol.ProtocolRequest;
import io.accesstokens.http.protocol.ProtocolResponse;
import io.accesstokens.login.password.PasswordAuthenticationFilter;
import io.accesstokens.login.password.RequestInfo;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.SecurityContext;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Responds to requests to the {@link ProtocolEndpoints} without Jakarta REST. This saves most of
 * the CPU time of these requests.
 *
 * <p>All other requests pass this filter, and Jakarta REST processes them. This includes requests
 * that the endpoints decline, and paths with another spelling, such as a percent-encoded letter, a
 * path parameter or a second slash.
 *
 * <p>This filter runs after the filters that limit requests and their bodies, and that determine
 * the client address.
 */
public final class ProtocolEndpointsFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  private static final String API = "/api/";

  /** The template of the route for each path in {@link ProtocolEndpoints}. */
  private static final Map<String, String> TEMPLATES =
      ProtocolEndpoints.paths().stream()
          .collect(Collectors.toUnmodifiableMap(Function.identity(), path -> API + path));

  private transient @Nullable ProtocolEndpoints endpoints;
  private transient @Nullable PasswordAuthenticationFilter passwords;

  @Inject
  void configure(RoutesFeature routes, PasswordAuthenticationFilter authentication) {
    endpoints = routes.protocolEndpoints();
    passwords = authentication;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String path = path(request);
    String template = path == null ? null : TEMPLATES.get(path);
    if (path == null || template == null) {
      chain.doFilter(request, response);
      return;
    }
    ProtocolResponse sent =
        Objects.requireNonNull(endpoints)
            .process(path, new Request(request, Objects.requireNonNull(passwords)))
            .orElse(null);
    if (sent == null) {
      chain.doFilter(request, response);
      return;
    }
    request.setAttribute(RouteTemplates.ATTRIBUTE, template);
    send(response, sent);
  }

  /**
   * Returns the path of a request, relative to the API root, as the client sent it; null if the
   * request is not for the API.
   */
  private static @Nullable String path(HttpServletRequest request) {
    String uri = request.getRequestURI();
    int context = request.getContextPath().length();
    return uri.startsWith(API, context) ? uri.substring(context + API.length()) : null;
  }

  private static void send(HttpServletResponse response, ProtocolResponse sent) throws IOException {
    response.setStatus(sent.status());
    String previous = "";
    for (ProtocolResponse.Header header : sent.headers()) {
      if (header.name().equals(previous)) {
        response.addHeader(header.name(), header.value());
      } else {
        response.setHeader(header.name(), header.value());
      }
      previous = header.name();
    }
    if (sent.body().length > 0) {
      response.setContentLength(sent.body().length);
      response.getOutputStream().write(sent.body());
    }
  }

  /** The parts of a servlet request that the endpoints read. */
  private record Request(HttpServletRequest request, PasswordAuthenticationFilter passwords)
      implements ProtocolRequest {

    @Override
    public String method() {
      return request.getMethod();
    }

    @Override
    public List<String> headers(String name) {
      Enumeration<String> values = request.getHeaders(name);
      return values == null ? List.of() : Collections.list(values);
    }

    @Override
    public MultivaluedMap<String, String> allHeaders() {
      return RequestInfo.headersOf(request);
    }

    /**
     * Returns the user whom the request authenticates with a password. Returns empty for a request
     * that the container has authenticated, or with the header {@code Origin}. Jakarta REST must
     * process these requests. The check of the origin reads the URI.
     */
    @Override
    public Optional<SecurityContext> authenticateByPassword() {
      return request.getUserPrincipal() == null && request.getHeader("Origin") == null
          ? passwords.authenticate(RequestInfo.of(request))
          : Optional.empty();
    }

    @Override
    public @Nullable String query() {
      String query = request.getQueryString();
      return query == null || query.isEmpty() ? null : query;
    }

    @Override
    public @Nullable String clientAddress() {
      return request.getAttribute(AccessTokensFeature.CLIENT_ADDRESS) instanceof String address
          ? address
          : null;
    }

    @Override
    public boolean secure() {
      return request.isSecure();
    }

    @Override
    public Optional<byte[]> body() {
      return request.getAttribute(RequestBodyFilter.BODY) instanceof BodyBuffer body
          ? Optional.of(Arrays.copyOf(body.array(), body.length()))
          : Optional.empty();
    }
  }
}
