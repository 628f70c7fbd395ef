package io.accesstokens.app.web;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Dispatches a suspended request to the application again. Two containers need more than a call of
 * {@link AsyncContext#dispatch()}:
 *
 * <ul>
 *   <li>Payara 6 can lose a dispatch by another thread if the thread that suspended the request has
 *       not returned to the container yet. The request would then get no response. Therefore the
 *       suspending thread itself dispatches the request if possible. Otherwise, the other thread
 *       waits until the suspending thread has returned. If a dispatch is lost in spite of this, a
 *       timer ends the request.
 *   <li>Tomcat cannot dispatch a request after the undeployment of the application has begun.
 * </ul>
 */
final class AsyncDispatcher {

  private static final Logger LOG = System.getLogger(AsyncDispatcher.class.getName());

  private static final String PAYARA = "org.apache.catalina.connector.AsyncContextImpl";

  private static final String DISPATCHED_ONCE = AsyncDispatcher.class.getName() + ".once";

  private static final Duration MAX_WAIT = Duration.ofSeconds(1);

  /** Maximum time from a dispatch on Payara until the request reaches the filters again. */
  private static final Duration MAX_DISPATCH = Duration.ofSeconds(30);

  private static final Duration POLL_INTERVAL = Duration.ofNanos(50_000);

  /**
   * Time to wait before a dispatch, after Payara has rejected {@code setTimeout}. The rejection
   * shows that the suspending thread has returned to the container, or is about to return.
   */
  private static final Duration SAFETY_DELAY = Duration.ofNanos(100_000);

  private enum State {
    /** The suspending thread still runs in the application. */
    SUSPENDING,
    /** The suspending thread must dispatch the request before it returns to the container. */
    DUE,
    /** The suspending thread has left the application, or is leaving it. */
    SUSPENDED,
    /** The dispatched request has reached the filters, or the request has ended. */
    ENDED,
    /** The dispatched request has not reached the filters in time, and was refused. */
    LOST
  }

  private final AsyncContext context;
  private final Runnable refusal;
  private final RequestTimer timer;
  private final boolean payara;
  private final Duration maxWait;
  private final Duration maxDispatch;
  private final AtomicReference<State> state = new AtomicReference<>(State.SUSPENDING);
  private volatile @Nullable Future<?> lossCheck;

  /**
   * Creates a dispatcher of a request that was just suspended.
   *
   * @param context the context of the suspended request, without a timeout
   * @param refusal sends the response 503 and completes the request; called if the container cannot
   *     dispatch the request, or has lost the dispatch
   */
  AsyncDispatcher(
      AsyncContext context, ServletRequest request, Runnable refusal, RequestTimer timer) {
    this(
        context,
        request,
        refusal,
        timer,
        context.getClass().getName().equals(PAYARA),
        MAX_WAIT,
        MAX_DISPATCH);
  }

  /**
   * Creates a dispatcher for tests.
   *
   * @param payara true if the container is Payara
   * @param maxWait the maximum time to wait for the suspending thread
   * @param maxDispatch the maximum time until the request reaches the filters again
   */
  AsyncDispatcher(
      AsyncContext context,
      ServletRequest request,
      Runnable refusal,
      RequestTimer timer,
      boolean payara,
      Duration maxWait,
      Duration maxDispatch) {
    this.context = context;
    this.refusal = refusal;
    this.timer = timer;
    this.payara = payara;
    this.maxWait = maxWait;
    this.maxDispatch = maxDispatch;
    if (payara) {
      request.setAttribute(DISPATCHED_ONCE, this);
    }
  }

  /**
   * Returns true if a request can be suspended and dispatched. On Payara, this is possible only
   * once for each request. For a second dispatch, the container would not show when the suspending
   * thread has returned.
   */
  static boolean canDispatch(ServletRequest request) {
    return request.getAttribute(DISPATCHED_ONCE) == null;
  }

  /**
   * Records that a request has reached the filters. Returns false if the request was already
   * refused, because Payara seemed to have lost its dispatch. The caller must then return.
   */
  static boolean arrive(ServletRequest request) {
    return !(request.getAttribute(DISPATCHED_ONCE) instanceof AsyncDispatcher dispatcher)
        || dispatcher.end();
  }

  /** Dispatches the request, once. Any thread can call this method. */
  void dispatch() {
    if (state.compareAndSet(State.SUSPENDING, State.DUE)) {
      return; // the suspending thread dispatches the request
    }
    if (payara) {
      awaitReturn();
    }
    dispatchNow();
  }

  private void refuseUnlessEnded() {
    if (state.compareAndSet(State.SUSPENDED, State.LOST)) {
      refusal.run();
    }
  }

  /**
   * Records that the dispatched request has reached the filters, or that the request has ended.
   * Returns false if the request was already refused, because its dispatch seemed to be lost.
   */
  boolean end() {
    boolean inTime = state.getAndUpdate(now -> now == State.LOST ? now : State.ENDED) != State.LOST;
    Future<?> check = lossCheck;
    if (check != null) {
      check.cancel(false);
    }
    return inTime;
  }

  /**
   * Records that the suspending thread returns to the container. Dispatches the request if {@link
   * #dispatch} was called before. The suspending thread must call this method, and must not
   * suspend, dispatch or complete the request later.
   */
  void completeSuspension() {
    State before = state.getAndUpdate(now -> now == State.ENDED ? now : State.SUSPENDED);
    if (before == State.DUE) {
      dispatchNow();
    }
  }

  private void dispatchNow() {
    try {
      if (payara) {
        lossCheck = timer.schedule(context, maxDispatch.toMillis(), this::refuseUnlessEnded);
      }
      context.dispatch();
    } catch (RuntimeException | Error e) { // an Error if no thread can be created
      if (end()) {
        refusal.run();
      }
      LOG.log(Level.DEBUG, "the container cannot dispatch the request", e);
    }
  }

  private void awaitReturn() {
    long end = System.nanoTime() + maxWait.toNanos();
    while (System.nanoTime() - end < 0) {
      try {
        context.setTimeout(0); // no change
      } catch (IllegalStateException e) { // the thread has returned, or returns in this moment
        LockSupport.parkNanos(SAFETY_DELAY.toNanos());
        return;
      }
      LockSupport.parkNanos(POLL_INTERVAL.toNanos());
    }
  }
}
