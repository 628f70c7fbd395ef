package io.accesstokens.app.command.connector;

import io.accesstokens.verify.limit.LogLimit;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.tomcat.util.threads.TaskThreadFactory;

/**
 * Runs the tasks of a connector with as few threads as the tasks need. Thread-safe.
 *
 * <p>Most requests verify a token, which takes some microseconds of CPU time. If many threads
 * process such requests, the threads compete for the processors. A verification then costs more CPU
 * time, and its response time varies more. Therefore only a few tasks run at a time, and the other
 * tasks wait in order of arrival. A task that has run for {@link #SHORT_NANOS} does not count,
 * because it probably waits for the database, for the client, or for the end of a lease.
 */
class RequestExecutor implements Executor, AutoCloseable {

  private static final Logger LOG = System.getLogger(RequestExecutor.class.getName());

  /** A task that has run for this time is long, in nanoseconds. */
  static final long SHORT_NANOS = 1_000_000;

  /** Maximum number of short tasks for each processor. */
  private static final int TASKS_PER_PROCESSOR = 2;

  private static final long IDLE_SECONDS = 60;
  private static final long STOP_SECONDS = 5;

  private final int maxShort;
  private final int max;
  private final LongSupplier nanoTime;
  private final ThreadPoolExecutor threads;
  private final Thread watcher;
  private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
  private final Set<Worker> workers = ConcurrentHashMap.newKeySet();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger runningLong = new AtomicInteger();
  private final LogLimit failures = new LogLimit(1);

  /** True if a task may wait for a thread. The watcher then looks for long tasks. */
  private volatile boolean watching;

  private volatile boolean closed;

  /**
   * Creates an executor for a connector.
   *
   * @param name the prefix of the names of the threads
   * @param max the maximum number of running tasks, at least 1
   */
  RequestExecutor(String name, int max) {
    this(
        name,
        new TaskThreadFactory(name + "-exec-", true, Thread.NORM_PRIORITY),
        Math.min(max, TASKS_PER_PROCESSOR * Runtime.getRuntime().availableProcessors()),
        max,
        System::nanoTime);
    watcher.start();
  }

  /**
   * Creates an executor that never looks for long tasks by itself, for tests.
   *
   * @param factory creates the threads of the tasks
   * @param maxShort the maximum number of running tasks that are short
   * @param nanoTime the monotonic clock
   */
  RequestExecutor(
      String name, ThreadFactory factory, int maxShort, int max, LongSupplier nanoTime) {
    this.maxShort = maxShort;
    this.max = max;
    this.nanoTime = nanoTime;
    this.threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            factory);
    this.watcher = new Thread(this::watch, name + "-watcher");
    watcher.setDaemon(true);
  }

  /** Returns the number of running tasks. */
  int running() {
    return running.get();
  }

  @Override
  public void execute(Runnable task) {
    queue.add(task);
    try {
      startWorker();
    } catch (RejectedExecutionException e) {
      if (queue.remove(task)) {
        throw e;
      }
    } catch (RuntimeException | Error e) {
      // The caller is the thread that reads the connections, which must not end.
      report(e);
    }
  }

  /** Logs that no thread could be started. The watcher then tries again. */
  private void report(Throwable failure) {
    try {
      if (failures.admit().isPresent()) {
        LOG.log(
            Level.ERROR,
            "no thread can be started for a request, and the server tries again",
            failure);
      }
    } catch (RuntimeException | Error e) {
      // The logger fails, too. The thread that called this method must not end.
    }
  }

  /** Starts a thread for a waiting task, unless enough tasks run. */
  private void startWorker() {
    while (!queue.isEmpty()) {
      int before = running.get();
      if (before >= limit()) {
        startWatching();
        return;
      }
      if (running.compareAndSet(before, before + 1)) {
        try {
          threads.execute(new Worker());
          return;
        } catch (RuntimeException | Error e) {
          running.decrementAndGet();
          startWatching();
          throw e;
        }
      }
    }
  }

  private int limit() {
    return Math.min(max, maxShort + runningLong.get());
  }

  private void startWatching() {
    if (!watching) {
      watching = true;
      LockSupport.unpark(watcher);
    }
  }

  private void watch() {
    while (!closed) {
      if (watching) {
        LockSupport.parkNanos(this, SHORT_NANOS);
        try {
          findLongTasks();
        } catch (RuntimeException | Error e) {
          report(e);
        }
      } else {
        LockSupport.park(this);
      }
    }
  }

  /** Starts one more thread for each task that has become long, if tasks wait. */
  void findLongTasks() {
    long now = nanoTime.getAsLong();
    startWorker();
    for (Worker worker : workers) {
      if (worker.hasBecomeLong(now)) {
        startWorker();
      }
    }
    if (queue.isEmpty()) {
      watching = false;
      // A task that was added in between has found that the watcher is active.
      if (!queue.isEmpty()) {
        watching = true;
      }
    }
  }

  /** Interrupts the running tasks, and waits a few seconds for their end. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(watcher);
    threads.shutdownNow();
    try {
      threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs tasks until none waits, or until too many tasks run. */
  private final class Worker implements Runnable {

    private static final long NO_TASK = 0;
    private static final long LONG_TASK = 2;

    /** The start of a short task, which is an odd number; otherwise one of the two constants. */
    private final AtomicLong state = new AtomicLong(NO_TASK);

    @Override
    public void run() {
      try {
        workers.add(this);
        Runnable task = queue.poll();
        while (task != null) {
          run(task);
          task = running.get() > limit() ? null : queue.poll();
        }
      } finally {
        workers.remove(this);
        running.decrementAndGet();
        // A task that was added after the last poll needs a thread.
        startWorker();
      }
    }

    private void run(Runnable task) {
      state.set(nanoTime.getAsLong() | 1);
      try {
        task.run();
      } finally {
        if (state.getAndSet(NO_TASK) == LONG_TASK) {
          runningLong.decrementAndGet();
        }
      }
    }

    /** Returns true if the running task was short until now, and now counts as long. */
    private boolean hasBecomeLong(long now) {
      long start = state.get();
      if (start == NO_TASK || start == LONG_TASK || now - start < SHORT_NANOS) {
        return false;
      }
      runningLong.incrementAndGet();
      if (state.compareAndSet(start, LONG_TASK)) {
        return true;
      }
      runningLong.decrementAndGet(); // The task has ended.
      return false;
    }
  }
}
