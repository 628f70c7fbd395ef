package io.accesstokens.token;

import io.accesstokens.verify.DaemonThreads;
import io.accesstokens.verify.VerificationUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What is done beside requests: uses are written, and the store's upkeep. A daemon thread each,
 * since upkeep can take long after many tokens expired at once. Close it before the store.
 */
public final class BackgroundWork implements AutoCloseable {

  /** A use is visible within five seconds: two for this, the rest for a slow store. */
  private static final int FLUSH_SECONDS = 2;

  private static final int MAINTENANCE_SECONDS = 30;
  private static final Duration STOP = Duration.ofSeconds(10);

  private static final Logger LOG = System.getLogger(BackgroundWork.class.getName());

  private final DaemonThreads threads = new DaemonThreads("access-tokens-background");
  private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(2, threads);
  private final UsageRecorder lastUse;

  private BackgroundWork(UsageRecorder lastUse) {
    this.lastUse = lastUse;
  }

  /**
   * Starts it.
   *
   * @param lastUse is told to write every two seconds
   * @param store is kept up every half minute, by that clock
   */
  public static BackgroundWork start(UsageRecorder lastUse, TokenStore store, Clock clock) {
    BackgroundWork work = new BackgroundWork(lastUse);
    work.every(FLUSH_SECONDS, lastUse::flush);
    work.every(MAINTENANCE_SECONDS, () -> store.maintain(clock.instant()));
    return work;
  }

  /**
   * Does something else, too.
   *
   * @param seconds the pause between one time and the next
   * @param task what it throws is logged, and it is done again
   */
  public BackgroundWork and(int seconds, Runnable task) {
    every(seconds, task);
    return this;
  }

  private void every(int seconds, Runnable task) {
    // Nobody waits for it, and survive() lets no exception into it.
    var unused =
        executor.scheduleWithFixedDelay(() -> survive(task), seconds, seconds, TimeUnit.SECONDS);
  }

  /** An exception would end the schedule for good. */
  private static void survive(Runnable task) {
    try {
      task.run();
    } catch (VerificationUnavailableException e) {
      LOG.log(Level.WARNING, "background work waits for the store: {0}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "background work failed, and is tried again", e);
    }
  }

  /** Ends the threads, then writes what was gathered last. */
  @Override
  public void close() {
    threads.end(executor, STOP);
    survive(lastUse::flush);
  }
}
