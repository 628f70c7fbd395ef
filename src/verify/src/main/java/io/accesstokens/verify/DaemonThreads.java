package io.accesstokens.verify;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Creates the daemon threads of an executor, and waits for their end.
 *
 * <p>An executor is terminated a moment before its threads end. A servlet container that looks for
 * leaks in that moment reports a leaked thread.
 */
public final class DaemonThreads implements ThreadFactory {

  /** The wait for a thread that was interrupted or is about to end. */
  private static final long JOIN_MILLIS = 1000;

  private final String name;
  private final Queue<Thread> made = new ConcurrentLinkedQueue<>();

  /**
   * @param name the name of each thread
   */
  public DaemonThreads(String name) {
    this.name = name;
  }

  @Override
  public Thread newThread(Runnable work) {
    made.removeIf(thread -> thread.getState() == Thread.State.TERMINATED);
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    made.add(thread);
    return thread;
  }

  /**
   * Shuts down an executor of these threads, and waits until the threads have ended. Work that is
   * still running after the timeout is interrupted. If the caller is interrupted, running work is
   * interrupted too.
   *
   * @param timeout the timeout
   * @return true if all threads have ended
   */
  public boolean end(ExecutorService executor, Duration timeout) {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        executor.shutdownNow();
      }
      for (Thread thread : made) {
        thread.join(JOIN_MILLIS);
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
    return made.stream().noneMatch(Thread::isAlive);
  }
}
