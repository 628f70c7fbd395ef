package io.accesstokens.app.web;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.Settings;
import io.accesstokens.auth.AccessTokensFeature;
import io.accesstokens.http.input.JsonBody;
import io.accesstokens.login.session.SessionResource;
import io.accesstokens.oauth.AuthorizationServer;
import io.accesstokens.verify.IpAddress;
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
 * Reads request bodies before the application handles the request. No thread is blocked while bytes
 * are missing.
 *
 * <ol>
 *   <li>A request passes immediately if it has no body, if a body of known length has arrived
 *       together with its head, or if the container cannot suspend the request.
 *   <li>In all other cases, a {@link PendingBody} reads the body. The request is dispatched again
 *       when the body is complete. The response is 408 if the body is incomplete at the deadline.
 *   <li>The number of incomplete bodies for each client address is limited. A body above the limit
 *       gets a short grace period. The response is 429 if the body is still incomplete after the
 *       grace period.
 *   <li>These bodies together may use an eighth of the heap, until the ends of their requests. The
 *       response is 503 if they need more memory.
 *   <li>This filter buffers one byte more than the resource accepts, so that the resource can
 *       respond with 413. Further bytes are discarded. Sign-ins and token requests have lower
 *       limits than other requests.
 *   <li>The resource reads a body with blocking reads in two cases. In the first case, the client
 *       waits for {@code 100 Continue}. In the second case, the announced length is above {@link
 *       #MAX_DISCARDED_BYTES}. The server does not discard such a long body after a refusal.
 *   <li>The number of threads with blocking reads is limited. One client address may use half of
 *       these threads. See {@link GuardedBody}.
 * </ol>
 */
public final class RequestBodyFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  /**
   * Name of the request attribute with the time at which the first part of the request head
   * arrived. The attribute is absent if the whole head arrived in one part. The server of {@code
   * java -jar} stores the time as a {@code Long} of {@link System#nanoTime()}.
   */
  public static final String HEAD_STARTED_AT = "io.accesstokens.request.headStartedAt";

  /** Name of the request attribute that contains a complete body. */
  static final String BODY = "io.accesstokens.request.body";

  /**
   * Maximum length of a refused body that the server discards, in bytes. The server of {@code java
   * -jar} has the same value for {@code maxSwallowSize}.
   */
  private static final long MAX_DISCARDED_BYTES = 2_097_152;

  private static final int HEAP_SHARE = 8;

  private transient @Nullable PendingBodies pending;
  private transient @Nullable BlockingReadLimit blockingReadLimit;

  @Inject
  void configure(Configuration configuration, RequestTimer timer) {
    Settings.Requests settings = configuration.settings().requests();
    pending =
        new PendingBodies(
            Duration.ofSeconds(settings.deadlineSeconds()),
            settings.incompletePerAddress(),
            Runtime.getRuntime().maxMemory() / HEAP_SHARE,
            timer);
    blockingReadLimit = new BlockingReadLimit(Math.max(1, settings.maxConcurrent() / 4));
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
                || RefusedRequests.isHttp2(request)));
  }

  private static boolean expectsContinue(HttpServletRequest request) {
    return "100-continue".equalsIgnoreCase(request.getHeader("Expect"));
  }

  private void passBuffered(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    PendingBodies bodies = pending;
    if (bodies == null) {
      throw new IllegalStateException("CDI has not injected the configuration into this filter");
    }
    long length = request.getContentLengthLong();
    BodyBuffer body = new BodyBuffer(length, maxBytes(request), bodies.budget());
    ServletInputStream in = request.getInputStream();
    // If the length is unknown, reading the available bytes could block.
    while (length > 0 && body.total() < length && in.available() > 0) {
      body.readFrom(in, in.available());
    }
    if (body.total() == length) {
      request.setAttribute(BODY, body); // the request is dispatched again if it waits for a slot
      chain.doFilter(new BufferedRequest(request, body), response);
    } else {
      bodies.start(request, response, body, addressOf(request));
    }
  }

  /** Returns the maximum length of a body that the resource accepts, in bytes. */
  private static int maxBytes(HttpServletRequest request) {
    String path = ApiPath.of(request);
    if (path == null) {
      return JsonBody.MAX_BYTES;
    }
    return path.equals(SessionResource.PATH)
        ? SessionResource.MAX_BODY_BYTES
        : AuthorizationServer.maxBodyBytes(path);
  }

  private static String addressOf(HttpServletRequest request) {
    Object address = request.getAttribute(AccessTokensFeature.CLIENT_ADDRESS);
    return IpAddress.networkOf(address instanceof String text ? text : null);
  }

  private static void pass(GuardedBody body, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    try {
      chain.doFilter(body, response);
    } catch (IOException | ServletException | RuntimeException e) {
      // If Jersey reads a form before its own error handling starts, the exception arrives here.
      // The exception of a failed read is not thrown again. The exception means that the client has
      // disconnected, and the container would log its stack trace.
      boolean clientIsGone = body.failureStatus() == HttpServletResponse.SC_BAD_REQUEST;
      if (body.failureStatus() == 0 || (response.isCommitted() && !clientIsGone)) {
        throw e;
      }
      RefusedRequests.refuse(body, response, body.failureStatus());
    }
  }

  /**
   * Returns true if the container discards an unread body. If the client waits for {@code 100
   * Continue}, the container discards the body only after a status of 2xx.
   */
  private static boolean isDiscarded(HttpServletRequest request, HttpServletResponse response) {
    return !expectsContinue(request)
        || response.getStatus() < HttpServletResponse.SC_MULTIPLE_CHOICES;
  }

  private void passGuarded(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    PendingBodies bodies = pending;
    BlockingReadLimit permits = blockingReadLimit;
    if (bodies == null || permits == null) {
      throw new IllegalStateException("CDI has not injected the configuration into this filter");
    }
    String address = addressOf(request);
    try (GuardedBody body = new GuardedBody(request, permits, address, bodies.deadline())) {
      pass(body, body.closingUnlessRead(response), chain);
      if (!request.isAsyncStarted() && body.isUnread() && isDiscarded(request, response)) {
        // Without this call, the container would block the thread to discard the rest of the body.
        bodies.discardRest(request, response, address);
      }
    }
  }
}
