package io.accesstokens.app.monitoring;

import io.accesstokens.app.metrics.ManagementPort;
import io.accesstokens.app.metrics.MetricsResource;
import io.accesstokens.app.metrics.ServerMetrics;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.web.ClientAddressFilter;
import io.accesstokens.app.web.ProblemServlet;
import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.auth.BearerCredentials;
import io.accesstokens.verify.AddressRange;
import io.accesstokens.verify.IpAddress;
import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code GET /metrics} in the Prometheus text format or in the OpenMetrics format.
 *
 * <p>These callers get the metrics:
 *
 * <ul>
 *   <li>clients of the management port;
 *   <li>clients with an address in {@code accessTokens.metrics.allowedAddresses}, unless the
 *       request has a forwarding header of a proxy that is not trusted;
 *   <li>callers with the permission {@code access-tokens:metrics:read}. {@link MetricsResource}
 *       authenticates them.
 * </ul>
 *
 * <p>The check of an address or a port needs no database. Therefore, the first two kinds of callers
 * get the metrics even during an outage of the database.
 */
public final class MetricsServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;
  private static final String METHODS = "GET, HEAD, OPTIONS";

  /**
   * Maximum number of requests that are authenticated at the same time. Requests with and without a
   * bearer credential are counted separately. The limit on concurrent requests does not apply to
   * this servlet. Without this maximum, clients with wrong credentials could occupy all threads.
   */
  private static final int MAX_AUTHENTICATIONS = 8;

  /**
   * Maximum number of responses to callers without a credential that are written at the same time.
   * Responses at the management port and to allowed addresses are counted separately. Less than the
   * number of threads of the management port: a client that sends requests without waiting for the
   * responses occupies a thread. The other threads respond to health checks.
   */
  static final int MAX_SCRAPES = 4;

  private final transient Semaphore managementScrapes = new Semaphore(MAX_SCRAPES);

  /** With a separate limit, clients of the management port cannot block allowed addresses. */
  private final transient Semaphore readerScrapes = new Semaphore(MAX_SCRAPES);

  private final transient Semaphore bearers = new Semaphore(MAX_AUTHENTICATIONS);

  /**
   * Limits requests without a bearer credential, because the check of a password is slow. With a
   * separate limit, clients with wrong passwords cannot block a monitoring system that uses a raw
   * token.
   */
  private final transient Semaphore others = new Semaphore(MAX_AUTHENTICATIONS);

  private boolean enabled;
  private transient List<AddressRange> readers = List.of();
  private transient @Nullable ServerMetrics metrics;

  @Inject
  void configure(Configuration configuration, ServerMetrics serverMetrics) {
    enabled = configuration.settings().metrics().enabled();
    readers = configuration.metricsReaders();
    metrics = serverMetrics;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    if (!enabled) {
      ProblemServlet.write(response, HttpServletResponse.SC_NOT_FOUND);
      return;
    }
    switch (request.getMethod()) {
      case "GET", "HEAD" -> get(request, response);
      case "OPTIONS" -> {
        response.setHeader("Allow", METHODS);
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
      }
      default -> {
        response.setHeader("Allow", METHODS);
        ProblemServlet.write(response, HttpServletResponse.SC_METHOD_NOT_ALLOWED);
      }
    }
  }

  private void get(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    if (ManagementPort.received(request)) {
      limited(managementScrapes, response, () -> write(request, response));
    } else if (isReader(request)) {
      limited(readerScrapes, response, () -> write(request, response));
    } else {
      limited(
          hasBearerCredential(request) ? bearers : others,
          response,
          () -> authenticate(request, response));
    }
  }

  /** Writes a response. */
  private interface Action {
    void run() throws ServletException, IOException;
  }

  private static void limited(Semaphore limit, HttpServletResponse response, Action action)
      throws ServletException, IOException {
    if (!limit.tryAcquire()) {
      response.setHeader("Retry-After", "1");
      ProblemServlet.write(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE);
      return;
    }
    try {
      action.run();
    } finally {
      limit.release();
    }
  }

  private static boolean hasBearerCredential(HttpServletRequest request) {
    return Collections.list(request.getHeaders("Authorization")).stream()
        .anyMatch(BearerCredentials::isBearer);
  }

  private static void authenticate(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    request.setAttribute(MetricsResource.FORWARDED, mediaType(request));
    request.getRequestDispatcher(MetricsResource.FORWARD).forward(request, response);
  }

  private static String mediaType(HttpServletRequest request) {
    return ServerMetrics.mediaType(Collections.list(request.getHeaders("Accept")));
  }

  private boolean isReader(HttpServletRequest request) {
    return !readers.isEmpty()
        && request.getAttribute(ClientAddressFilter.IGNORED_HEADER) == null
        && request.getAttribute(AccessTokensFeature.CLIENT_ADDRESS) instanceof String text
        && IpAddress.parse(text)
            .map(address -> readers.stream().anyMatch(range -> range.contains(address)))
            .orElse(false);
  }

  private void write(HttpServletRequest request, HttpServletResponse response) throws IOException {
    String mediaType = mediaType(request);
    response.setContentType(mediaType);
    response.setHeader("Cache-Control", "no-store");
    Objects.requireNonNull(metrics).write(response.getOutputStream(), mediaType);
  }
}
