package io.accesstokens.app.web;

import io.accesstokens.http.problem.TraceContext;
import io.accesstokens.verify.DaemonThreads;
import jakarta.servlet.AsyncContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Ends the waits of suspended requests. This class replaces the timeouts of the container, because
 * Payara also applies the timeout of one suspension to later suspensions of the same request.
 */
public final class RequestTimer implements AutoCloseable {

  private static final Logger LOG = System.getLogger(RequestTimer.class.getName());
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);

  private final DaemonThreads threads = new DaemonThreads("access-tokens-request-timer");
  private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, threads);

  public RequestTimer() {
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /**
   * Runs an action after a delay. The caller can cancel the returned future before the action runs.
   * The action runs in a thread of the container, see {@link #start}, with the trace id of the
   * calling thread.
   *
   * @param millis the delay, in milliseconds
   */
  Future<?> schedule(AsyncContext context, long millis, Runnable action) {
    Runnable traced = TraceContext.carry(action);
    return executor.schedule(() -> start(context, traced), millis, TimeUnit.MILLISECONDS);
  }

  /**
   * Runs an action in a thread of the container, so that the action does not block the calling
   * thread. An action can block, because it can send a response to a slow client. If the container
   * has no free thread, runs the action in the calling thread.
   */
  static void start(AsyncContext context, Runnable action) {
    try {
      context.start(action);
    } catch (RuntimeException | Error e) { // an Error if no thread can be created
      action.run();
      LOG.log(Level.DEBUG, "the container had no free thread", e);
    }
  }

  /** Stops the timer thread. Pending actions do not run. */
  @Override
  public void close() {
    threads.shutDown(executor, STOP_TIMEOUT);
  }
}
