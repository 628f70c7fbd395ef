package io.accesstokens.app;

import io.accesstokens.app.client.UnknownTokenRateLimit;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.Settings;
import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.http.JsonBody;
import io.accesstokens.login.SessionResource;
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
 * Reads request bodies before the application handles the request, without holding a thread while
 * bytes are missing.
 *
 * <ol>
 *   <li>A request without a body passes at once, and so does one whose body has arrived with its
 *       head.
 *   <li>Any other body is read by a {@link PendingBody}. The request is dispatched again when the
 *       body is complete. It is answered 408 if that takes longer than the deadline.
 *   <li>One client address may have a limited number of incomplete bodies. A further one that is
 *       still incomplete after a short grace is answered 429. A complete body is never refused.
 *   <li>All incomplete bodies together may use an eighth of the heap. Beyond that, the answer is
 *       503.
 *   <li>As many bytes as the route accepts and one more are kept, so that the route answers 413.
 *       The rest is discarded. A sign-in and a token request accept less than the others.
 *   <li>Two kinds of body are left to the route: one that the client sends only after {@code 100
 *       Continue}, because 401 and 403 come first, and one that is announced to be longer than the
 *       server reads of a refused body. Reads of these block, so only a limited number of threads
 *       may do that at a time, and for one client address half of them. See {@link GuardedBody}.
 * </ol>
 */
public final class RequestBodyFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  /**
   * Names the request attribute in which the own server stores the {@code Long} of {@link
   * System#nanoTime()} at which the head began, if the head did not arrive at once.
   */
  public static final String HEAD_STARTED_AT = "io.accesstokens.request.headStartedAt";

  /** Names the request attribute that holds a complete body. */
  static final String BODY = "io.accesstokens.request.body";

  /** The longest body that is read and discarded; {@code maxSwallowSize} of the own server. */
  private static final long MAX_DISCARDED_BYTES = 2_097_152;

  private static final int HEAP_SHARE = 8;

  private static final String API = "/api/";

  private transient @Nullable PendingBodies pending;
  private transient @Nullable BlockingReads blockingReads;

  @Inject
  void configure(Configuration configuration) {
    Settings.Requests settings = configuration.settings().requests();
    pending =
        new PendingBodies(
            Duration.ofSeconds(settings.deadlineSeconds()),
            settings.incompletePerAddress(),
            Runtime.getRuntime().maxMemory() / HEAP_SHARE);
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
    // Only with a length is it certain that reading what is available does not block.
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

  /** Returns the length of the longest body that the route accepts. */
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
      // Where Jersey reads a form before its own error handling, the exception arrives here.
      // If the read itself failed, the client is gone, and the container would log a stack trace.
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
        // The container would discard the rest in this thread.
        bodies.discardRest(request, response);
      }
    }
  }
}
