package io.accesstokens.token.revocation;

import io.accesstokens.token.audit.AuditListener;
import io.accesstokens.token.audit.SafeAuditListener;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.token.usage.UsageRecorder;
import io.accesstokens.verify.DaemonThreads;
import io.accesstokens.verify.VerificationUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Writes the recorded uses and runs the maintenance of the store, outside of requests. The recorded
 * uses have their own daemon thread. All other tasks share two daemon threads, because some tasks
 * can take minutes, for example if many tokens have expired. The owner must close this object
 * before the store.
 */
public final class BackgroundWork implements AutoCloseable {

  /**
   * Delay between two writes of recorded uses, in seconds. A use must be visible within five
   * seconds. A write can therefore take up to three seconds.
   */
  private static final int FLUSH_SECONDS = 2;

  private static final int MAINTENANCE_SECONDS = 30;
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

  private static final Logger LOG = System.getLogger(BackgroundWork.class.getName());

  private final DaemonThreads threads = new DaemonThreads("access-tokens-background");
  private final ScheduledExecutorService flushes =
      Executors.newSingleThreadScheduledExecutor(threads);
  private final ScheduledExecutorService tasks = Executors.newScheduledThreadPool(2, threads);
  private final UsageRecorder usageRecorder;

  private BackgroundWork(UsageRecorder usageRecorder) {
    this.usageRecorder = usageRecorder;
  }

  /**
   * Starts the background work.
   *
   * @param usageRecorder the recorder of uses, which is flushed every two seconds
   * @param store the store, which is maintained every 30 seconds, with the time of {@code clock}
   */
  public static BackgroundWork start(UsageRecorder usageRecorder, TokenStore store, Clock clock) {
    return start(usageRecorder, store, AuditListener.NONE, clock);
  }

  /**
   * Starts the background work.
   *
   * @param usageRecorder the recorder of uses, which is flushed every two seconds
   * @param store the store, which is maintained every 30 seconds, with the time of {@code clock}
   * @param auditListener receives the audit events that the maintenance writes
   */
  public static BackgroundWork start(
      UsageRecorder usageRecorder, TokenStore store, AuditListener auditListener, Clock clock) {
    BackgroundWork work = new BackgroundWork(usageRecorder);
    every(
        work.flushes,
        FLUSH_SECONDS,
        "the writing of token uses",
        "and is tried again; until then, the uses of tokens stay in memory",
        usageRecorder::flush);
    every(
        work.tasks,
        MAINTENANCE_SECONDS,
        "the maintenance of tokens",
        "and is tried again; until then, expired data is not deleted, and the end of a previous"
            + " secret is not recorded",
        () -> maintain(store, auditListener, clock));
    return work;
  }

  /**
   * Calls {@link TokenStore#maintain} with the current time. The time is truncated to milliseconds,
   * the precision of audit events.
   */
  static void maintain(TokenStore store, AuditListener auditListener, Clock clock) {
    store.maintain(
        clock.instant().truncatedTo(ChronoUnit.MILLIS),
        SafeAuditListener.of(auditListener)::recordedBySystem);
  }

  /**
   * Schedules a further task.
   *
   * @param seconds the delay between the end of one run and the start of the next run, in seconds
   * @param work names the task in log lines, for example {@code the maintenance of sessions}
   * @param task the task; if the task throws an exception, the exception is logged and the task
   *     runs again later
   */
  public BackgroundWork schedule(int seconds, String work, Runnable task) {
    every(tasks, seconds, work, "and is tried again", task);
    return this;
  }

  private static void every(
      ScheduledExecutorService executor, int seconds, String work, String effect, Runnable task) {
    // The result is not needed, because the task throws nothing.
    var unused =
        executor.scheduleWithFixedDelay(
            DaemonThreads.repeatable(task, LOG, work, effect), seconds, seconds, TimeUnit.SECONDS);
  }

  /** Stops the threads, and then writes the remaining uses. */
  @Override
  public void close() {
    flushes.shutdown();
    threads.shutDown(tasks, STOP_TIMEOUT);
    threads.shutDown(flushes, STOP_TIMEOUT);
    DaemonThreads.repeatable(
            () -> {
              try {
                usageRecorder.flush();
              } catch (VerificationUnavailableException e) {
                LOG.log(Level.ERROR, "the last uses of tokens are lost: {0}", e.getMessage());
              }
            },
            LOG,
            "the writing of token uses",
            "so the last uses of tokens are lost")
        .run();
  }
}
