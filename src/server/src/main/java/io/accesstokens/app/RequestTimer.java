package io.accesstokens.app;

import io.accesstokens.verify.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Ends the waits of suspended requests. The timeouts of the container are not used for requests
 * that are dispatched again: Payara applies the timeout of the first suspension to a later one of
 * the same request.
 */
public final class RequestTimer implements AutoCloseable {

  /** More than one, because a response to a slow client can block its thread. */
  private static final int THREADS = 4;

  private static final Duration STOP = Duration.ofSeconds(1);

  private final DaemonThreads threads = new DaemonThreads("access-tokens-request-timer");
  private final ScheduledThreadPoolExecutor executor;

  RequestTimer() {
    executor = new ScheduledThreadPoolExecutor(THREADS, threads);
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Runs an action after a time, unless it is cancelled before. */
  Future<?> schedule(long millis, Runnable action) {
    return executor.schedule(action, millis, TimeUnit.MILLISECONDS);
  }

  /** Ends the threads. Actions that wait are not run. */
  @Override
  public void close() {
    threads.end(executor, STOP);
  }
}
