package io.accesstokens.app.web;

import jakarta.servlet.AsyncContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Dispatches a suspended request to the application again. Two containers need more than a call of
 * {@link AsyncContext#dispatch()}:
 *
 * <ul>
 *   <li>Payara 6 can lose the dispatch if the thread that has suspended the request returns to the
 *       container during the call. The request would then get no response. Therefore this class
 *       waits until that thread has returned.
 *   <li>Tomcat cannot dispatch a request if it has begun to undeploy the application.
 * </ul>
 */
final class AsyncDispatcher {

  private static final Logger LOG = System.getLogger(AsyncDispatcher.class.getName());

  private static final String PAYARA = "org.apache.catalina.connector.AsyncContextImpl";

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
  private static final Duration INTERVAL = Duration.ofNanos(50_000);

  /**
   * Payara refuses a change of the timeout shortly before it no longer can lose a dispatch. This
   * pause is much longer than the time in between.
   */
  private static final Duration SETTLEMENT = Duration.ofNanos(100_000);

  private final AsyncContext context;
  private final boolean waits;
  private final Thread suspender = Thread.currentThread();

  /**
   * Creates a dispatcher. Call this constructor in the thread that has called {@code startAsync}.
   *
   * @param context the context, without a timeout
   */
  AsyncDispatcher(AsyncContext context) {
    this(context, context.getClass().getName().equals(PAYARA));
  }

  /**
   * Creates a dispatcher for tests.
   *
   * @param waits true to wait until the calling thread has returned to the container
   */
  AsyncDispatcher(AsyncContext context, boolean waits) {
    this.context = context;
    this.waits = waits;
  }

  /**
   * Dispatches the request. Returns false if the container cannot do so, because it stops the
   * application. The caller must then send a response and complete the request.
   */
  boolean dispatch() {
    if (waits && Thread.currentThread() != suspender) {
      awaitReturn();
    }
    try {
      context.dispatch();
      return true;
    } catch (UnsupportedOperationException e) {
      LOG.log(Level.DEBUG, "the container stops the application", e);
      return false;
    }
  }

  private void awaitReturn() {
    long end = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (System.nanoTime() < end) {
      try {
        context.setTimeout(0); // no change
      } catch (IllegalStateException e) { // the thread returns now, or has returned
        LockSupport.parkNanos(SETTLEMENT.toNanos());
        return;
      }
      LockSupport.parkNanos(INTERVAL.toNanos());
    }
  }
}
