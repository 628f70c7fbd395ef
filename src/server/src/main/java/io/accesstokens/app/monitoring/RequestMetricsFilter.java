package io.accesstokens.app.monitoring;

import io.accesstokens.app.metrics.HttpMetrics;
import io.accesstokens.app.metrics.RouteTemplates;
import io.accesstokens.app.metrics.ServerMetrics;
import io.accesstokens.app.settings.Configuration;
import jakarta.inject.Inject;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Measures the duration of each request, until the end of its response. Only the filter that sets
 * the trace id runs before this filter. Therefore, the metrics include requests that another filter
 * refuses.
 */
public final class RequestMetricsFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  /** The value of the label {@code uri} for all pages and assets. */
  private static final String PAGES = "pages";

  private boolean enabled;
  private transient @Nullable HttpMetrics metrics;

  @Inject
  void configure(Configuration configuration, ServerMetrics serverMetrics) {
    enabled = configuration.settings().metrics().enabled();
    metrics = serverMetrics.http();
  }

  /**
   * Releases the metrics. Payara can keep an HTTP/2 request with its listeners after the end of the
   * application. A reference to the metrics would then keep the whole application in memory.
   */
  @Override
  public void destroy() {
    metrics = null;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!enabled) {
      chain.doFilter(request, response);
      return;
    }
    HttpMetrics http = Objects.requireNonNull(metrics);
    long begun = http.nanoTime();
    boolean failed = true;
    try {
      chain.doFilter(request, response);
      failed = false;
    } finally {
      if (failed) {
        record(request, HttpServletResponse.SC_INTERNAL_SERVER_ERROR, begun);
      } else if (!request.isAsyncStarted() || !recordAtEnd(request, response, begun)) {
        record(request, response.getStatus(), begun);
      }
    }
  }

  /**
   * Registers a listener that records a suspended request at its end. Returns false if the request
   * has already ended.
   */
  private boolean recordAtEnd(
      HttpServletRequest request, HttpServletResponse response, long begun) {
    try {
      request.getAsyncContext().addListener(new EndListener(request, response, begun));
      return true;
    } catch (IllegalStateException e) {
      return false; // the request has just ended
    }
  }

  private void record(HttpServletRequest request, int status, long begun) {
    HttpMetrics http = metrics;
    if (http != null) { // the application has not ended
      http.record(uri(request, status), request.getMethod(), status, http.nanoTime() - begun);
    }
  }

  /**
   * Returns the template of the route. Returns one constant for all pages, and another constant for
   * all unknown paths.
   */
  private static String uri(HttpServletRequest request, int status) {
    String path = request.getServletPath();
    switch (path) {
      case "/metrics", "/.well-known/oauth-authorization-server" -> {
        return path;
      }
      case "/health" -> {
        String check = request.getPathInfo();
        return "/live".equals(check) || "/ready".equals(check) ? path + check : HttpMetrics.UNKNOWN;
      }
      case "/api" -> {
        return request.getAttribute(RouteTemplates.ATTRIBUTE) instanceof String template
            ? template
            : HttpMetrics.UNKNOWN;
      }
      default -> {
        return status == HttpServletResponse.SC_NOT_FOUND ? HttpMetrics.UNKNOWN : PAGES;
      }
    }
  }

  /** Records a suspended request when it ends. */
  private final class EndListener implements AsyncListener {
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final long begun;

    private EndListener(HttpServletRequest request, HttpServletResponse response, long begun) {
      this.request = request;
      this.response = response;
      this.begun = begun;
    }

    @Override
    public void onComplete(AsyncEvent event) {
      record(request, response.getStatus(), begun);
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
      event.getAsyncContext().addListener(this); // another suspension removes all listeners
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      // onComplete follows
    }

    @Override
    public void onError(AsyncEvent event) {
      // onComplete follows
    }
  }
}
