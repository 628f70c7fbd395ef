package io.accesstokens.app.web;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Dispatches a suspended request to the application again. Two containers need more than a call of
 * {@link AsyncContext#dispatch()}:
 *
 * <ul>
 *   <li>Payara 6 can lose a dispatch by another thread if the thread that suspended the request has
 *       not returned to the container yet. The request would then get no response. Therefore the
 *       suspending thread itself dispatches the request if possible. Otherwise, the other thread
 *       waits until the suspending thread has returned.
 *   <li>Tomcat cannot dispatch a request after the undeployment of the application has begun.
 * </ul>
 */
final class AsyncDispatcher {

  private static final Logger LOG = System.getLogger(AsyncDispatcher.class.getName());

  private static final String PAYARA = "org.apache.catalina.connector.AsyncContextImpl";

  private static final String DISPATCHED_ONCE = AsyncDispatcher.class.getName() + ".once";

  private static final Duration MAX_WAIT = Duration.ofSeconds(1);
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
    SUSPENDED
  }

  private final AsyncContext context;
  private final Runnable refusal;
  private final boolean payara;
  private final Duration maxWait;
  private final AtomicReference<State> state = new AtomicReference<>(State.SUSPENDING);

  /**
   * Creates a dispatcher of a request that was just suspended.
   *
   * @param context the context of the suspended request, without a timeout
   * @param refusal sends the response 503 and completes the request; called if the container cannot
   *     dispatch the request
   */
  AsyncDispatcher(AsyncContext context, ServletRequest request, Runnable refusal) {
    this(context, request, refusal, context.getClass().getName().equals(PAYARA), MAX_WAIT);
  }

  /**
   * Creates a dispatcher for tests.
   *
   * @param payara true if the container is Payara
   * @param maxWait the maximum time to wait for the suspending thread
   */
  AsyncDispatcher(
      AsyncContext context,
      ServletRequest request,
      Runnable refusal,
      boolean payara,
      Duration maxWait) {
    this.context = context;
    this.refusal = refusal;
    this.payara = payara;
    this.maxWait = maxWait;
    if (payara) {
      request.setAttribute(DISPATCHED_ONCE, true);
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

  /**
   * Records that the suspending thread returns to the container. Dispatches the request if {@link
   * #dispatch} was called before. The suspending thread must call this method, and must not
   * suspend, dispatch or complete the request later.
   */
  void completeSuspension() {
    if (!state.compareAndSet(State.SUSPENDING, State.SUSPENDED)) {
      dispatchNow();
    }
  }

  private void dispatchNow() {
    try {
      context.dispatch();
    } catch (RuntimeException | Error e) { // an Error if no thread can be created
      refusal.run();
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
