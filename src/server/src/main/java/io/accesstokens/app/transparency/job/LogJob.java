package io.accesstokens.app.transparency.job;

import io.accesstokens.verify.DaemonThreads;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs a task of the transparency log in a separate thread. Each run begins one second after the
 * end of the previous run.
 */
public final class LogJob implements AutoCloseable {

  private static final int PERIOD_MILLIS = 1_000;
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);
  private static final Logger LOG = System.getLogger(LogJob.class.getPackageName());

  private final DaemonThreads threads;
  private final ScheduledExecutorService executor;

  private LogJob(String name) {
    this.threads = new DaemonThreads("access-tokens-log-" + name);
    this.executor = Executors.newSingleThreadScheduledExecutor(threads);
  }

  /**
   * Starts the thread of a task.
   *
   * @param name the name of the task in log lines, and in the name of the thread
   */
  public static LogJob start(String name, Runnable task) {
    LogJob job = new LogJob(name);
    var unused =
        job.executor.scheduleWithFixedDelay(
            DaemonThreads.repeatable(
                task, LOG, "the job " + name + " of the transparency log", "and is tried again"),
            PERIOD_MILLIS,
            PERIOD_MILLIS,
            TimeUnit.MILLISECONDS);
    return job;
  }

  @Override
  public void close() {
    threads.shutDown(executor, STOP_TIMEOUT);
  }
}
