package io.accesstokens.app.web;

import io.accesstokens.app.metrics.ServerMetrics;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.http.problem.TraceContext;
import jakarta.inject.Inject;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Limits the number of requests that are processed at the same time. Therefore, threads stay free
 * for health checks and metrics, even if all other requests are blocked.
 *
 * <p>A request beyond the limit waits in a queue, without a thread. The request is dispatched when
 * a slot is free. The response is 503 if the queue is full or the wait is too long. On Payara, the
 * response is also 503 if the body arrived after the head, see {@link AsyncDispatcher#canDispatch}.
 * A request uses no slot while its body is incomplete or its response is deferred.
 */
public final class RequestBulkheadFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = System.getLogger(RequestBulkheadFilter.class.getName());

  /** Servlet paths of the health checks and the metrics, which need no slot. */
  private static final Set<String> MONITORING = Set.of("/health", "/metrics");

  private static final String QUEUED = RequestBulkheadFilter.class.getName() + ".queued";

  private static final int MAX_QUEUED = 2_000;

  private static final long MAX_WAIT_MILLIS = 30_000;

  private final transient AtomicInteger active = new AtomicInteger();
  private final transient AtomicInteger queued = new AtomicInteger();
  private final transient Queue<QueuedRequest> queue = new ConcurrentLinkedQueue<>();

  private final int maxQueued;
  private final long maxWaitMillis;
  private int limit;
  private transient @Nullable RequestTimer timer;

  /** Creates a filter that CDI configures. */
  public RequestBulkheadFilter() {
    this(MAX_QUEUED, MAX_WAIT_MILLIS);
  }

  private RequestBulkheadFilter(int maxQueued, long maxWaitMillis) {
    this.maxQueued = maxQueued;
    this.maxWaitMillis = maxWaitMillis;
  }

  /** Creates a filter with its own limits, for tests. */
  RequestBulkheadFilter(int limit, int maxQueued, long maxWaitMillis, RequestTimer timer) {
    this(maxQueued, maxWaitMillis);
    this.limit = limit;
    this.timer = timer;
  }

  @Inject
  void configure(Configuration configuration, RequestTimer requestTimer, ServerMetrics metrics) {
    timer = requestTimer;
    limit = configuration.settings().requests().maxConcurrent();
    metrics.gauge(
        "access.tokens.requests.active",
        "Requests that are processed now",
        active,
        AtomicInteger::get);
    metrics.gauge(
        "access.tokens.requests.limit",
        "Maximum number of requests that are processed at once",
        this,
        filter -> filter.limit);
    metrics.queue("requests", queued::get, this::longestWait);
  }

  private Duration longestWait() {
    QueuedRequest oldest = queue.peek();
    return oldest == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - oldest.queuedAt);
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!AsyncDispatcher.arrive(request)) {
      return;
    }
    if (MONITORING.contains(request.getServletPath())) {
      chain.doFilter(request, response);
      return;
    }
    if (!takeSlot(request) && !(queue.isEmpty() && tryAcquire())) {
      if (request.isAsyncSupported()) {
        enqueue(request, response);
        return;
      }
      active.incrementAndGet(); // a request without asynchronous support cannot be queued
    }
    try {
      chain.doFilter(request, response);
    } finally {
      release();
    }
  }

  /** Returns true if a slot was assigned to the request while the request was in the queue. */
  private static boolean takeSlot(HttpServletRequest request) {
    return request.getDispatcherType() == DispatcherType.ASYNC
        && request.getAttribute(QUEUED) instanceof QueuedRequest waited
        && waited.takeSlot();
  }

  /**
   * Acquires a slot and returns true, or returns false if no slot is free.
   *
   * <p>A failed attempt must not increase {@link #active}, not even for a moment. Otherwise, a
   * thread that has released a slot could find all slots taken. No thread would then start the
   * queued requests.
   */
  private boolean tryAcquire() {
    return active.getAndUpdate(count -> count < limit ? count + 1 : count) < limit;
  }

  private void release() {
    active.decrementAndGet();
    if (!queue.isEmpty()) {
      admitQueued();
    }
  }

  private void enqueue(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!AsyncDispatcher.canDispatch(request)) {
      RefusedRequests.refuse(request, response, HttpServletResponse.SC_SERVICE_UNAVAILABLE);
      return;
    }
    if (queued.incrementAndGet() > maxQueued) {
      queued.decrementAndGet();
      RefusedRequests.refuse(request, response, HttpServletResponse.SC_SERVICE_UNAVAILABLE);
      return;
    }
    RequestTimer requestTimer = Objects.requireNonNull(timer);
    AsyncContext context = request.startAsync();
    context.setTimeout(0); // see RequestTimer
    QueuedRequest waiting = new QueuedRequest(context, request, response, requestTimer);
    context.addListener(waiting);
    waiting.timeout = requestTimer.schedule(context, maxWaitMillis, waiting::refuseUnlessLeft);
    request.setAttribute(QUEUED, waiting);
    try {
      queue.add(waiting); // another thread may now dispatch the request and cancel the timeout
      admitQueued(); // a slot may have become free before the request was in the queue
    } finally {
      waiting.dispatcher.completeSuspension();
    }
  }

  private void admitQueued() {
    while (!queue.isEmpty() && tryAcquire()) {
      QueuedRequest next = queue.poll();
      if (next == null) {
        active.decrementAndGet();
      } else {
        next.dispatch();
      }
    }
  }

  /** A request that waits for a slot for a limited time. */
  private final class QueuedRequest implements AsyncListener {

    private final AsyncContext context;
    private final AsyncDispatcher dispatcher;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final @Nullable String traceId = TraceContext.currentId();
    private final long queuedAt = System.nanoTime();
    private final AtomicBoolean left = new AtomicBoolean();
    private final AtomicBoolean hasSlot = new AtomicBoolean();
    private volatile @Nullable Future<?> timeout;

    private QueuedRequest(
        AsyncContext context,
        HttpServletRequest request,
        HttpServletResponse response,
        RequestTimer timer) {
      this.context = context;
      this.dispatcher = new AsyncDispatcher(context, request, this::refuse, timer);
      this.request = request;
      this.response = response;
    }

    private boolean leave() {
      boolean first = left.compareAndSet(false, true);
      if (first) {
        queued.decrementAndGet();
        Future<?> scheduled = timeout;
        if (scheduled != null) {
          scheduled.cancel(false);
        }
      }
      return first;
    }

    private boolean takeSlot() {
      return hasSlot.compareAndSet(true, false);
    }

    /** Dispatches this request. The caller must have acquired a slot for this request. */
    private void dispatch() {
      hasSlot.set(true);
      if (!leave()) {
        releaseSlot();
        return;
      }
      try {
        dispatcher.dispatch();
      } catch (RuntimeException e) {
        LOG.log(Level.DEBUG, "a queued request has ended", e);
        releaseSlot();
      }
    }

    /** Releases the slot of this request if the request has ended before it used the slot. */
    private void releaseSlot() {
      if (takeSlot()) {
        release();
      }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      refuseUnlessLeft();
    }

    private void refuseUnlessLeft() {
      if (!leave()) {
        return;
      }
      queue.remove(this);
      refuse();
    }

    private void refuse() {
      RefusedRequests.refuseSuspended(
          context, request, response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, traceId);
    }

    @Override
    public void onError(AsyncEvent event) {
      if (leave()) {
        queue.remove(this);
        context.complete();
      }
    }

    @Override
    public void onComplete(AsyncEvent event) {
      if (leave()) {
        queue.remove(this);
      }
      dispatcher.end();
      releaseSlot();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
      // never called before the request has left the queue
    }
  }
}
