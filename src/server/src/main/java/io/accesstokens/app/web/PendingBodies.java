package io.accesstokens.app.web;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Limits the duration, the number and the memory of incomplete request bodies. */
final class PendingBodies {

  /**
   * Maximum time for a body if its client address already has the maximum number of incomplete
   * bodies. This time is sufficient to read a body that has already arrived.
   */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final Duration deadline;
  private final int perAddress;
  private final AtomicLong budget;
  private final RequestTimer timer;
  private final Map<String, Integer> addresses = new ConcurrentHashMap<>();

  /**
   * Creates the limits on incomplete bodies.
   *
   * @param deadline the maximum time from the first byte of the request head to the last byte of
   *     the body
   * @param perAddress the maximum number of incomplete bodies for each client address
   * @param memory the maximum number of bytes that all bodies together may use, until the ends of
   *     their requests
   */
  PendingBodies(Duration deadline, int perAddress, long memory, RequestTimer timer) {
    this.deadline = deadline;
    this.perAddress = perAddress;
    this.budget = new AtomicLong(memory);
    this.timer = timer;
  }

  Duration deadline() {
    return deadline;
  }

  /** Returns the number of bytes that are left for all bodies together. */
  AtomicLong budget() {
    return budget;
  }

  /**
   * Starts to read a body. Does not block a thread. The request is dispatched again when the body
   * is complete, and refused if it is incomplete at its deadline.
   *
   * @param address the client address, or the network of an IPv6 address
   */
  void start(
      HttpServletRequest request, HttpServletResponse response, BodyBuffer body, String address)
      throws IOException {
    AsyncContext context = request.startAsync();
    boolean beyondShare = add(address);
    context.setTimeout(0); // see RequestTimer
    PendingBody pending =
        new PendingBody(
            context,
            request,
            response,
            body,
            beyondShare ? PendingBody.TOO_MANY_REQUESTS : HttpServletResponse.SC_REQUEST_TIMEOUT,
            timer,
            () -> remove(address));
    pending.start(left(request, beyondShare));
  }

  /**
   * Sends the response of a request, and discards the rest of the request body. Does not block a
   * thread while bytes are missing.
   *
   * @param address the client address, or the network of an IPv6 address
   */
  void discardRest(HttpServletRequest request, HttpServletResponse response, String address)
      throws IOException {
    if (!response.isCommitted()) {
      RefusedRequests.closeAfter(request, response);
    }
    response.flushBuffer();
    AsyncContext context = request.startAsync();
    context.setTimeout(left(request, add(address)));
    new DiscardedBody(context, request.getInputStream(), () -> remove(address)).start();
  }

  /** Counts a body. Returns true if its address has more incomplete bodies than allowed. */
  private boolean add(String address) {
    return addresses.merge(address, 1, Integer::sum) > perAddress;
  }

  private void remove(String address) {
    addresses.merge(address, -1, (one, other) -> one + other == 0 ? null : one + other);
  }

  private long left(HttpServletRequest request, boolean beyondShare) {
    long left = left(request);
    return beyondShare ? Math.min(GRACE.toMillis(), left) : left;
  }

  private long left(HttpServletRequest request) {
    long elapsed =
        request.getAttribute(RequestBodyFilter.HEAD_STARTED_AT) instanceof Long startedAt
            ? System.nanoTime() - startedAt
            : 0;
    return Math.max(1, deadline.minusNanos(elapsed).toMillis());
  }
}
