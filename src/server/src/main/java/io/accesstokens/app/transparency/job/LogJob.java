package io.accesstokens.app.transparency.job;

import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.verify.DaemonThreads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs a task of the transparency log in a separate thread. Each run begins one second after the
 * end of the previous run.
 */
public final class LogJob implements AutoCloseable {

  private static final int PERIOD_MILLIS = 1_000;
  private static final Duration STOP = Duration.ofSeconds(1);
  private static final Logger LOG = System.getLogger(LogJob.class.getPackageName());

  private final String name;
  private final Runnable task;
  private final DaemonThreads threads;
  private final ScheduledExecutorService executor;
  private @Nullable String reported;

  private LogJob(String name, Runnable task) {
    this.name = name;
    this.task = task;
    this.threads = new DaemonThreads("access-tokens-log-" + name);
    this.executor = Executors.newSingleThreadScheduledExecutor(threads);
  }

  /**
   * Starts the thread.
   *
   * @param name the name of the task in log lines, and in the name of the thread
   */
  public static LogJob start(String name, Runnable task) {
    LogJob job = new LogJob(name, task);
    var unused =
        job.executor.scheduleWithFixedDelay(
            DaemonThreads.repeatable(job::runSafely),
            PERIOD_MILLIS,
            PERIOD_MILLIS,
            TimeUnit.MILLISECONDS);
    return job;
  }

  private void runSafely() {
    try {
      task.run();
      reported = null;
    } catch (StoreUnavailableException e) {
      report(
          Level.WARNING,
          name + " of the transparency log waits for the database: " + e.getMessage(),
          null);
    } catch (RuntimeException | Error e) {
      report(Level.ERROR, name + " of the transparency log failed, and is tried again", e);
    }
  }

  /** Logs a problem, unless the previous run had the same problem. */
  private void report(Level level, String message, @Nullable Throwable cause) {
    if (!message.equals(reported)) {
      reported = message;
      LOG.log(level, message, cause);
    }
  }

  @Override
  public void close() {
    threads.end(executor, STOP);
  }
}
