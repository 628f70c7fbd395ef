package io.accesstokens.verify;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Makes the daemon threads of an executor, and waits for their end.
 *
 * <p>An executor is terminated a moment before its threads are gone. A servlet container that looks
 * for leaks in that moment reports a thread that was left behind.
 */
public final class DaemonThreads implements ThreadFactory {

  /** For what was interrupted, and for a thread on its way out. */
  private static final long JOIN_MILLIS = 1000;

  private final String name;
  private final Queue<Thread> made = new ConcurrentLinkedQueue<>();

  /**
   * @param name of each thread
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
   * Shuts an executor of these threads down, and waits until they are gone. What is not done when
   * the patience ends, or the caller is interrupted, is interrupted.
   *
   * @return whether all are gone
   */
  public boolean end(ExecutorService executor, Duration patience) {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
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
