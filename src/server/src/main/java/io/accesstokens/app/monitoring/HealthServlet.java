package io.accesstokens.app.monitoring;

import io.accesstokens.app.Readiness;
import io.accesstokens.app.web.ProblemServlet;
import io.accesstokens.app.wiring.TokenVerification;
import io.accesstokens.verify.VerificationUnavailableException;
import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Serves the health checks:
 *
 * <ul>
 *   <li>{@code GET /health/live} returns 200 while the process can serve requests.
 *   <li>{@code GET /health/ready} returns 200 if the store responds, tokens can be verified, and
 *       the server is not about to stop. Otherwise, the status is 503.
 * </ul>
 *
 * <p>The readiness check has these exceptions:
 *
 * <ul>
 *   <li>An interruption of token verification for less than ten seconds does not change the status.
 *   <li>During an outage of the store, the status is 200 while cached tokens are accepted.
 *   <li>If all connections to the store are in use, a call of the store can fail. A valid lease is
 *       then sufficient, because the lease shows that the store responds.
 * </ul>
 */
public final class HealthServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;
  private static final String METHODS = "GET, HEAD, OPTIONS";
  private static final byte[] UP = "{\"status\":\"UP\"}".getBytes(StandardCharsets.UTF_8);

  /**
   * Maximum number of threads that check the readiness at the same time. A check blocks its thread
   * while the database does not respond.
   */
  private static final int MAX_CHECKS = 4;

  private final transient Semaphore checks = new Semaphore(MAX_CHECKS);
  private volatile boolean ready;

  private transient @Nullable Readiness readiness;
  private transient @Nullable TokenVerification verification;

  @Inject
  void configure(Readiness readiness, TokenVerification tokenVerification) {
    this.readiness = readiness;
    this.verification = tokenVerification;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    response.setHeader("Allow", METHODS);
    switch (request.getMethod()) {
      case "GET", "HEAD" -> super.service(request, response);
      case "OPTIONS" -> response.setStatus(HttpServletResponse.SC_NO_CONTENT);
      default -> ProblemServlet.write(response, HttpServletResponse.SC_METHOD_NOT_ALLOWED);
    }
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    switch (Objects.requireNonNullElse(request.getPathInfo(), "/")) {
      case "/live" -> up(response);
      case "/ready" -> ready(response);
      default -> ProblemServlet.write(response, HttpServletResponse.SC_NOT_FOUND);
    }
  }

  private void ready(HttpServletResponse response) throws IOException {
    if (isReady()) {
      up(response);
    } else {
      response.setHeader("Retry-After", "1");
      ProblemServlet.write(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE);
    }
  }

  /**
   * Returns true if the application is ready. Returns the latest result if too many threads check
   * the readiness at the same time.
   */
  private boolean isReady() {
    if (checks.tryAcquire()) {
      try {
        Objects.requireNonNull(readiness).require();
        ready = Objects.requireNonNull(verification).isAvailable();
      } catch (VerificationUnavailableException e) {
        ready = false;
      } finally {
        checks.release();
      }
    }
    return ready;
  }

  private static void up(HttpServletResponse response) throws IOException {
    response.setContentType("application/json");
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setContentLength(UP.length);
    response.getOutputStream().write(UP);
  }
}
