package io.accesstokens.verify;

import io.accesstokens.verify.limit.OutageLog;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Creates the daemon threads of an executor, and waits for the end of these threads.
 *
 * <p>An executor reports its termination shortly before its threads end. Between these two moments,
 * a servlet container could report the threads as leaks.
 */
public final class DaemonThreads implements ThreadFactory {

  /**
   * Maximum wait for the end of one thread after the shutdown of its executor: ten times 100 ms. If
   * the machine stops the process during one of these waits, the thread can still end during the
   * next one.
   */
  private static final int JOINS = 10;

  private static final long JOIN_MILLIS = 100;

  private final String name;
  private final Queue<Thread> made = new ConcurrentLinkedQueue<>();
  private volatile boolean stopping;

  /** A thread of a factory. */
  private static final class FactoryThread extends Thread {
    private final DaemonThreads factory;

    FactoryThread(DaemonThreads factory, Runnable work) {
      super(work, factory.name);
      this.factory = factory;
    }
  }

  /**
   * Creates a thread factory.
   *
   * @param name the name of each thread
   */
  public DaemonThreads(String name) {
    this.name = name;
  }

  /**
   * Returns a task that runs {@code task} and ignores its exceptions, because a scheduled executor
   * stops repeating a task that throws. {@code task} must log its own exceptions.
   */
  public static Runnable repeatable(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        // The task could not report this.
      }
    };
  }

  /**
   * Returns a task that runs {@code task} and never throws. Logs the exceptions of {@code task},
   * and the first success after them, as {@link OutageLog} describes.
   *
   * @param log receives an outage as a warning, and any other exception as an error
   * @param work names the work in log lines, for example {@code the count of tokens}
   * @param effect what an error means for the operator. The log line of an error is {@code <work>
   *     failed, <effect>}.
   */
  public static Runnable repeatable(Runnable task, Logger log, String work, String effect) {
    OutageLog outages = new OutageLog(log);
    return repeatable(
        () -> {
          try {
            task.run();
            outages.reportSuccess("recovered: " + work);
          } catch (VerificationUnavailableException e) {
            outages.reportFailure(
                Level.WARNING, work + " waits for the database: " + e.getMessage());
          } catch (RuntimeException | Error e) { // even after a temporary lack of memory
            outages.reportFailure(Level.ERROR, work + " failed, " + effect, e);
          }
        });
  }

  /**
   * Returns true if the calling thread must end its work, because {@link #shutDown} was called for
   * its factory, or because the thread is interrupted. Long work calls this method between its
   * steps, and can then end before it is interrupted. An interrupt during a step can have lasting
   * effects: on embedded H2, it can close the database.
   */
  public static boolean isStopping() {
    Thread thread = Thread.currentThread();
    return thread.isInterrupted() || (thread instanceof FactoryThread own && own.factory.stopping);
  }

  @Override
  public Thread newThread(Runnable work) {
    made.removeIf(thread -> thread.getState() == Thread.State.TERMINATED);
    Thread thread = new FactoryThread(this, work);
    thread.setDaemon(true);
    made.add(thread);
    return thread;
  }

  /**
   * Shuts down an executor that uses threads of this factory, and waits until the threads have
   * ended. All threads of this factory must end their work, see {@link #isStopping}. After the
   * timeout, or if the caller is interrupted, this method interrupts the running work, and discards
   * the queued work.
   *
   * @param timeout the maximum wait for running work; afterwards, this method waits up to one more
   *     second for each thread
   * @return true if all threads have ended; false if a thread is still running
   */
  public boolean shutDown(ExecutorService executor, Duration timeout) {
    stopping = true;
    executor.shutdown();
    try {
      if (!executor.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        executor.shutdownNow();
      }
      for (Thread thread : made) {
        for (int i = 0; i < JOINS && thread.isAlive(); i++) {
          thread.join(JOIN_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
    return made.stream().noneMatch(Thread::isAlive);
  }
}
