package io.accesstokens.app.web;

import io.accesstokens.app.client.UnknownTokenRateLimit;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.Settings;
import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.http.input.JsonBody;
import io.accesstokens.login.session.SessionResource;
import io.accesstokens.oauth.AuthorizationServer;
import jakarta.inject.Inject;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads request bodies before the application handles the request, without blocking a thread while
 * bytes are missing.
 *
 * <ol>
 *   <li>A request without a body passes at once. A request whose body has arrived together with its
 *       head does so as well.
 *   <li>A {@link PendingBody} reads any other body. The request is dispatched again when the body
 *       is complete. It is answered 408 if that takes longer than the deadline.
 *   <li>Each client address may have a limited number of incomplete bodies. A further body gets a
 *       short grace period, and is answered 429 if it is still incomplete after that. A complete
 *       body is never refused.
 *   <li>All incomplete bodies together may use an eighth of the heap. Beyond that, the response is
 *       503.
 *   <li>This filter buffers one byte more than the resource accepts, so that the resource can
 *       answer 413. It discards the rest. A sign-in and a token request have lower limits than
 *       other requests.
 *   <li>The resource itself reads two kinds of body. The first kind is sent by the client only
 *       after {@code 100 Continue}, because 401 and 403 come first. The second kind has an
 *       announced length beyond the limit up to which the server discards a refused body. Such
 *       reads block. So only a limited number of threads may read at the same time, and one client
 *       address may use half of them. See {@link GuardedBody}.
 * </ol>
 */
public final class RequestBodyFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  /**
   * Names the request attribute for the time at which the request head began, if the head did not
   * arrive at once. The server of {@code java -jar} stores it as a {@code Long} of {@link
   * System#nanoTime()}.
   */
  public static final String HEAD_STARTED_AT = "io.accesstokens.request.headStartedAt";

  /** Names the request attribute that holds a complete body. */
  static final String BODY = "io.accesstokens.request.body";

  /** The length up to which a body is discarded; {@code maxSwallowSize} of the own server. */
  private static final long MAX_DISCARDED_BYTES = 2_097_152;

  private static final int HEAP_SHARE = 8;

  private static final String API = "/api/";

  private transient @Nullable PendingBodies pending;
  private transient @Nullable BlockingReads blockingReads;

  @Inject
  void configure(Configuration configuration, RequestTimer timer) {
    Settings.Requests settings = configuration.settings().requests();
    pending =
        new PendingBodies(
            Duration.ofSeconds(settings.deadlineSeconds()),
            settings.incompletePerAddress(),
            Runtime.getRuntime().maxMemory() / HEAP_SHARE,
            timer);
    blockingReads = new BlockingReads(Math.max(1, settings.maxConcurrent() / 4));
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!mayHaveBody(request) || !request.isAsyncSupported()) {
      chain.doFilter(request, response);
    } else if (request.getDispatcherType() == DispatcherType.ASYNC
        && request.getAttribute(BODY) instanceof BodyBuffer complete) {
      chain.doFilter(new BufferedRequest(request, complete), response);
    } else if (expectsContinue(request) || request.getContentLengthLong() > MAX_DISCARDED_BYTES) {
      passGuarded(request, response, chain);
    } else {
      passBuffered(request, response, chain);
    }
  }

  private static boolean mayHaveBody(HttpServletRequest request) {
    long length = request.getContentLengthLong();
    return length > 0
        || (length < 0
            && (request.getHeader("Transfer-Encoding") != null
                || request.getProtocol().startsWith("HTTP/2")));
  }

  private static boolean expectsContinue(HttpServletRequest request) {
    return "100-continue".equalsIgnoreCase(request.getHeader("Expect"));
  }

  private void passBuffered(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    PendingBodies bodies = pending;
    if (bodies == null) {
      throw new IllegalStateException("init was not called");
    }
    long length = request.getContentLengthLong();
    BodyBuffer body = new BodyBuffer(length, maxBytes(request), bodies.budget());
    ServletInputStream in = request.getInputStream();
    // Only with a known length is it certain that reading the available bytes does not block.
    while (length > 0 && body.total() < length && in.available() > 0) {
      body.readFrom(in, in.available());
    }
    if (body.total() == length) {
      request.setAttribute(
          BODY, body); // it may be dispatched again, after it has waited for a slot
      chain.doFilter(new BufferedRequest(request, body), response);
    } else {
      bodies.start(request, response, body, addressOf(request));
    }
  }

  /** Returns the maximum length of a body that the resource accepts, in bytes. */
  private static int maxBytes(HttpServletRequest request) {
    String path = request.getRequestURI().substring(request.getContextPath().length());
    if (!path.startsWith(API)) {
      return JsonBody.MAX_BYTES;
    }
    String route = path.substring(API.length());
    return route.equals(SessionResource.PATH)
        ? SessionResource.MAX_BODY_BYTES
        : AuthorizationServer.maxBodyBytes(route);
  }

  private static String addressOf(HttpServletRequest request) {
    Object address = request.getAttribute(AccessTokensFeature.CLIENT_ADDRESS);
    return UnknownTokenRateLimit.networkOf(address instanceof String text ? text : null);
  }

  private static void pass(GuardedBody body, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    try {
      chain.doFilter(body, response);
    } catch (IOException | ServletException | RuntimeException e) {
      // If Jersey reads a form before its own error handling starts, the exception arrives here. If
      // the read itself failed, the client has disconnected, and the container would log a stack
      // trace.
      boolean clientIsGone = body.failureStatus() == HttpServletResponse.SC_BAD_REQUEST;
      if (body.failureStatus() == 0 || (response.isCommitted() && !clientIsGone)) {
        throw e;
      }
      RefusedRequests.refuse(body, response, body.failureStatus());
    }
  }

  private static boolean isForApi(HttpServletRequest request) {
    return request.getRequestURI().startsWith(request.getContextPath() + API);
  }

  private void passGuarded(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    PendingBodies bodies = pending;
    BlockingReads permits = blockingReads;
    if (bodies == null || permits == null) {
      throw new IllegalStateException("init was not called");
    }
    try (GuardedBody body =
        new GuardedBody(request, permits, addressOf(request), bodies.deadline())) {
      pass(body, response, chain);
      if (isForApi(request)
          && !expectsContinue(request)
          && !request.isAsyncStarted()
          && body.isUnread()) {
        // The container would block this thread to discard the rest.
        bodies.discardRest(request, response);
      }
    }
  }
}
