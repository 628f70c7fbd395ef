package io.accesstokens.app.command.connector;

import io.accesstokens.verify.limit.LogLimit;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
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
 * process requests, the threads compete for the processors. A verification then costs more CPU
 * time, and its response time varies more. Therefore only a few tasks run at a time, and the other
 * tasks wait in order of arrival. A task that has run for {@link #SHORT_NANOS} does not count. Such
 * a task probably waits for the database, for the client, or for the end of a lease.
 *
 * <p>This class does not use an executor of the JDK. For an executor of the JDK, the OpenTelemetry
 * agent copies the trace of the thread that adds a task. The thread that runs the task gets the
 * copy, and keeps the copy for all later requests.
 */
class RequestExecutor implements Executor, AutoCloseable {

  private static final Logger LOG = System.getLogger(RequestExecutor.class.getName());

  /** Time after which a running task counts as long, in nanoseconds. */
  static final long SHORT_NANOS = 1_000_000;

  /** Maximum number of short tasks that run at a time, for each processor. */
  private static final int TASKS_PER_PROCESSOR = 2;

  private static final long IDLE_SECONDS = 60;
  private static final long STOP_SECONDS = 5;

  private final int maxShort;
  private final int max;
  private final LongSupplier nanoTime;
  private final ThreadFactory threadFactory;
  private final Thread watcher;
  private final Queue<WaitingTask> queue = new ConcurrentLinkedQueue<>();
  private final Set<Worker> workers = ConcurrentHashMap.newKeySet();

  /** The queue on which idle workers wait. An added element wakes one worker. */
  private final SynchronousQueue<Boolean> idle = new SynchronousQueue<>();

  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger runningLong = new AtomicInteger();
  private final LogLimit failures = new LogLimit(1);

  /** True if tasks might be waiting for a thread. The watcher then looks for long tasks. */
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
   * @param threadFactory creates the threads of the tasks
   * @param maxShort the maximum number of running tasks that are short
   * @param nanoTime the monotonic clock
   */
  RequestExecutor(
      String name, ThreadFactory threadFactory, int maxShort, int max, LongSupplier nanoTime) {
    this.threadFactory = threadFactory;
    this.maxShort = maxShort;
    this.max = max;
    this.nanoTime = nanoTime;
    this.watcher = new Thread(this::watch, name + "-watcher");
    watcher.setDaemon(true);
  }

  /** Returns the number of running tasks. */
  int running() {
    return running.get();
  }

  /** Returns the number of tasks that wait for a thread. */
  int waiting() {
    return queue.size();
  }

  /** Returns how long the oldest waiting task has waited; zero if no task waits. */
  Duration longestWait() {
    WaitingTask oldest = queue.peek();
    return oldest == null ? Duration.ZERO : Duration.ofNanos(nanoTime.getAsLong() - oldest.since());
  }

  @Override
  public void execute(Runnable task) {
    if (closed) {
      throw new RejectedExecutionException("the server has stopped");
    }
    queue.add(new WaitingTask(task, nanoTime.getAsLong()));
    try {
      startWorker();
    } catch (RuntimeException | Error e) {
      // The calling thread reads the connections, so it must not end.
      report(e);
    }
  }

  /** Logs that no thread could be started. The watcher then tries again. */
  private void report(Throwable failure) {
    try {
      if (failures.admit().isPresent()) {
        LOG.log(
            Level.ERROR,
            "no thread can be started for a request, and the server tries again: raise the limit"
                + " of threads (TasksMax, pids.max), or the memory of the process",
            failure);
      }
    } catch (RuntimeException | Error e) {
      // The logger fails, too. The thread that called this method must not end.
    }
  }

  /** Wakes or starts a thread for a waiting task, unless enough tasks run. */
  private void startWorker() {
    if (reserveSlot()) {
      try {
        if (!idle.offer(true)) {
          new Worker().start();
        }
      } catch (RuntimeException | Error e) {
        running.decrementAndGet();
        startWatching();
        throw e;
      }
    }
  }

  /** Returns true if a task waits and may run now. The task then counts as running. */
  private boolean reserveSlot() {
    while (!closed && !queue.isEmpty()) {
      int before = running.get();
      if (before >= limit()) {
        startWatching();
        return false;
      }
      if (running.compareAndSet(before, before + 1)) {
        return true;
      }
    }
    return false;
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
        long pause = SHORT_NANOS;
        try {
          pause = findLongTasks();
        } catch (RuntimeException | Error e) {
          report(e);
        }
        LockSupport.parkNanos(this, pause);
      } else {
        LockSupport.park(this);
      }
    }
  }

  /**
   * Starts one more thread for each task that has become long, if tasks wait.
   *
   * @return the time until the next task can become long, in nanoseconds
   */
  long findLongTasks() {
    long now = nanoTime.getAsLong();
    long next = SHORT_NANOS;
    startWorker();
    for (Worker worker : workers) {
      if (worker.hasBecomeLong(now)) {
        startWorker();
      }
      next = Math.min(next, worker.nanosUntilLong(now));
    }
    if (queue.isEmpty()) {
      watching = false;
      // A task that was added before this change did not wake the watcher.
      if (!queue.isEmpty()) {
        watching = true;
      }
    }
    return next;
  }

  /** Interrupts the running tasks, and waits a few seconds for their end. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(watcher);
    workers.forEach(worker -> worker.thread.interrupt());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
    try {
      for (Worker worker : workers) {
        TimeUnit.NANOSECONDS.timedJoin(worker.thread, end - System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * A task that waits for a thread.
   *
   * @param since the time at which the task was added
   */
  private record WaitingTask(Runnable task, long since) {}

  /**
   * A thread that runs tasks until none waits, or until too many tasks run. The thread then waits
   * for further tasks, and ends after a minute without a task.
   */
  private final class Worker implements Runnable {

    private static final long NO_TASK = 0;
    private static final long LONG_TASK = 2;

    /**
     * The start time of the task in nanoseconds, while the task is short. Otherwise {@link
     * #NO_TASK} or {@link #LONG_TASK}. A start time is always odd, and therefore differs from these
     * two constants.
     */
    private final AtomicLong state = new AtomicLong(NO_TASK);

    private final Thread thread = threadFactory.newThread(this);

    void start() {
      workers.add(this);
      try {
        thread.start();
      } catch (RuntimeException | Error e) {
        workers.remove(this);
        throw e;
      }
    }

    @Override
    public void run() {
      try {
        do {
          runTasks();
          // A task may have been added after the last poll.
        } while (reserveSlot() || isWoken());
      } finally {
        workers.remove(this);
        startWorker(); // A task that threw has ended this thread.
      }
    }

    private boolean isWoken() {
      try {
        return !closed && idle.poll(IDLE_SECONDS, TimeUnit.SECONDS) != null;
      } catch (InterruptedException e) {
        return false;
      }
    }

    private void runTasks() {
      try {
        WaitingTask next = queue.poll();
        while (next != null && !closed) {
          run(next.task());
          next = running.get() > limit() ? null : queue.poll();
        }
      } finally {
        running.decrementAndGet();
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
      if (isNotShort(start) || now - start < SHORT_NANOS) {
        return false;
      }
      runningLong.incrementAndGet();
      if (state.compareAndSet(start, LONG_TASK)) {
        return true;
      }
      runningLong.decrementAndGet(); // The task has ended.
      return false;
    }

    /**
     * Returns the time until the running task becomes long, in nanoseconds. Returns {@link
     * #SHORT_NANOS} if no short task is running.
     */
    private long nanosUntilLong(long now) {
      long start = state.get();
      return isNotShort(start) ? SHORT_NANOS : start + SHORT_NANOS - now;
    }

    private static boolean isNotShort(long start) {
      return start == NO_TASK || start == LONG_TASK;
    }
  }
}
