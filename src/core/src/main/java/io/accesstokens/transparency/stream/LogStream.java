package io.accesstokens.transparency.stream;

import io.accesstokens.log.LogEntry;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.transparency.ArchiveStore;
import io.accesstokens.transparency.LogStore;
import io.accesstokens.verify.DaemonThreads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Sends the entries of a log to targets, in background threads. The package documentation describes
 * the rules. The owner must close this object before the stores.
 */
public final class LogStream implements AutoCloseable {

  /**
   * Maximum time of one attempt to send a batch over a network. A slow name look-up can exceed this
   * time.
   */
  public static final Duration MAX_ATTEMPT = Duration.ofSeconds(10);

  /** The duration of a claim. After a crash, another process sends when the claim has ended. */
  static final Duration LEASE = Duration.ofSeconds(20);

  /**
   * The minimum remaining duration of a claim at the start of an attempt. This is the maximum time
   * of an attempt, and two seconds for the difference between the clocks of two processes.
   */
  private static final Duration RESERVE = MAX_ATTEMPT.plusSeconds(2);

  /** Maximum number of entries in a batch. */
  static final int BATCH = 100;

  /** Maximum length of the entries in a batch, in bytes. An entry has at most 65,535 bytes. */
  static final int MAX_LENGTH = 262_144;

  private static final Duration OTHER_OWNER = Duration.ofSeconds(3);
  private static final Duration MAX_DELAY = Duration.ofMinutes(1);
  private static final Duration MAX_PAUSE = Duration.ofMinutes(5);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

  /**
   * The age that is reported for the oldest entry if the real age is unknown. This is the case if
   * the position of the target is after the end of the log, or if the entry cannot be read.
   */
  private static final Duration UNKNOWN_AGE = Duration.ofDays(1);

  /**
   * The intervals of the threads.
   *
   * @param pollMillis the time between two reads of the log
   * @param measureMillis the time between two measurements of the lag
   * @param firstDelay the delay after the first failed attempt
   */
  record Intervals(int pollMillis, int measureMillis, Duration firstDelay) {
    static final Intervals DEFAULT = new Intervals(1_000, 5_000, Duration.ofSeconds(1));
  }

  private static final Logger LOG = System.getLogger(LogStream.class.getName());

  private final DaemonThreads threads = new DaemonThreads("access-tokens-audit-stream");
  private final LogStore log;
  private final StreamStore store;
  private final String origin;
  private final Clock clock;
  private final RandomGenerator random;
  private final Duration firstDelay;
  private final String owner = UUID.randomUUID().toString();
  private final Map<String, Worker> workers = new HashMap<>();
  private final ScheduledExecutorService executor;
  private volatile Map<String, StreamLag> lags = Map.of();
  private volatile boolean closing;

  private LogStream(
      LogStore log,
      StreamStore store,
      String origin,
      List<StreamTarget> targets,
      Clock clock,
      RandomGenerator random,
      Duration firstDelay) {
    this.log = log;
    this.store = store;
    this.origin = origin;
    this.clock = clock;
    this.random = random;
    this.firstDelay = firstDelay;
    this.executor = Executors.newScheduledThreadPool(1 + targets.size(), threads);
    targets.forEach(target -> workers.put(target.name(), new Worker(target)));
  }

  /**
   * Starts the threads.
   *
   * @param origin the name of the log
   * @param targets the targets, whose senders this object closes
   */
  public static LogStream start(
      LogStore log,
      StreamStore store,
      String origin,
      List<StreamTarget> targets,
      Clock clock,
      RandomGenerator random) {
    return start(log, store, origin, targets, clock, random, Intervals.DEFAULT);
  }

  static LogStream start(
      LogStore log,
      StreamStore store,
      String origin,
      List<StreamTarget> targets,
      Clock clock,
      RandomGenerator random,
      Intervals intervals) {
    LogStream stream =
        new LogStream(log, store, origin, targets, clock, random, intervals.firstDelay());
    stream.workers.values().forEach(worker -> stream.every(intervals.pollMillis(), worker::run));
    stream.every(intervals.measureMillis(), stream::measure);
    return stream;
  }

  private void every(int millis, Runnable task) {
    var unused =
        executor.scheduleWithFixedDelay(
            DaemonThreads.repeatable(
                task,
                LOG,
                "the work on an audit stream",
                "and is tried again; until then, events stay in the transparency log"),
            0,
            millis,
            TimeUnit.MILLISECONDS);
  }

  /**
   * Returns how far a target was behind the log at the last measurement; {@link StreamLag#NONE}
   * before the first one. The lag is measured every five seconds while the store can be reached.
   */
  public StreamLag lag(String target) {
    return lags.getOrDefault(target, StreamLag.NONE);
  }

  /** Returns the number of entries that this process has sent to a target. */
  public long sentEntries(String target) {
    Worker worker = workers.get(target);
    return worker == null ? 0 : worker.sentEntries.get();
  }

  /** Returns the number of failed attempts of this process to send to a target. */
  public long failures(String target) {
    Worker worker = workers.get(target);
    return worker == null ? 0 : worker.failures.get();
  }

  private void measure() {
    try {
      Map<String, Long> positions = store.positions(); // before the size, which only grows
      long size = log.state().size();
      Map<String, StreamLag> measured = new HashMap<>();
      for (String target : workers.keySet()) {
        measured.put(target, lag(positions.getOrDefault(target, size), size));
      }
      lags = Map.copyOf(measured);
    } catch (RuntimeException e) {
      LOG.log(Level.DEBUG, "the lag of the audit streams cannot be measured", e);
    }
  }

  private StreamLag lag(long next, long size) {
    if (next > size) {
      return new StreamLag(Math.max(1, size), UNKNOWN_AGE); // the target may have received nothing
    }
    if (next == size) {
      return StreamLag.NONE;
    }
    try {
      return new StreamLag(size - next, age(next));
    } catch (StoreUnavailableException e) {
      throw e;
    } catch (RuntimeException e) { // must not hide the lag of the other targets
      LOG.log(Level.DEBUG, "the age of an entry cannot be measured", e);
      return new StreamLag(size - next, UNKNOWN_AGE);
    }
  }

  private Duration age(long index) {
    Instant occurredAt = Instant.parse(read(index, 1).entries().get(0).entry().occurredAt());
    Duration age = Duration.between(occurredAt, clock.instant());
    return age.isNegative() ? Duration.ZERO : age;
  }

  /**
   * Reads at most {@code count} entries. Stops at {@link #MAX_LENGTH}, or at a missing or damaged
   * entry, but reads at least one entry.
   *
   * @throws IllegalStateException if the first entry is missing or damaged
   */
  private StreamBatch read(long first, int count) {
    List<StreamBatch.Item> items = new ArrayList<>();
    int length = 0;
    for (String text : log.entries(first, count)) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      length += bytes.length;
      if (length > MAX_LENGTH && !items.isEmpty()) {
        break;
      }
      LogEntry entry;
      try {
        entry = LogEntry.parse(bytes);
      } catch (LogFormatException e) {
        if (items.isEmpty()) {
          throw new IllegalStateException("the entry " + first + " is damaged", e);
        }
        break;
      }
      if (entry.logIndex() != first + items.size()) {
        break;
      }
      items.add(new StreamBatch.Item(entry, text));
    }
    if (items.isEmpty()) {
      throw new IllegalStateException("the entry " + first + " is missing");
    }
    return new StreamBatch(origin, items);
  }

  /** Returns the index of the first entry that was not archived. */
  private long firstIndex() {
    return log.archives().flatMap(ArchiveStore::latest).map(ArchiveStore.Latest::end).orElse(0L);
  }

  /**
   * Returns the delay after a number of failed attempts, with a random extension.
   *
   * @param first the delay after the first attempt, without the extension
   * @param pause the pause that the target requested, which is limited to {@link #MAX_PAUSE}; the
   *     delay is not shorter than this pause
   */
  static Duration delay(Duration first, int attempts, Duration pause, RandomGenerator random) {
    long millis = first.toMillis() << Math.min(attempts - 1, 10);
    long bounded = Math.min(millis, MAX_DELAY.toMillis());
    Duration delay = Duration.ofMillis(bounded + random.nextLong(bounded / 2));
    Duration requested = pause.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : pause;
    return requested.compareTo(delay) > 0 ? requested : delay;
  }

  /** The work for one target. Only one thread at a time calls {@link #run}. */
  private final class Worker {

    private final StreamTarget target;
    private final AtomicLong sentEntries = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile StreamStore.@Nullable Claim claim;
    private boolean hasPosition;
    private int attempts;

    /**
     * Maximum number of entries in the next batch. A failed attempt lowers this number, because a
     * receiver can refuse a long body, or the memory can be too low for it.
     */
    private int limit = BATCH;

    private @Nullable String reportedError;
    private long resumeAt = System.nanoTime();

    Worker(StreamTarget target) {
      this.target = target;
    }

    void run() {
      try {
        while (!closing && System.nanoTime() - resumeAt >= 0 && sendNext()) {
          attempts = 0;
          if (reportedError != null) {
            reportedError = null;
            LOG.log(Level.INFO, "recovered: the audit stream {0} sends", target.name());
          }
        }
      } catch (StreamException e) {
        handleFailure(Level.WARNING, String.valueOf(e.getMessage()), e.pause(), null);
      } catch (StoreUnavailableException e) {
        handleFailure(Level.WARNING, String.valueOf(e.getMessage()), Duration.ZERO, null);
      } catch (RuntimeException | Error e) {
        handleFailure(Level.ERROR, String.valueOf(e.getMessage()), Duration.ZERO, e);
      }
    }

    /**
     * Sends a batch, or skips archived entries. Returns false if there is nothing to send now, or
     * if another process holds the claim.
     */
    private boolean sendNext() throws StreamException {
      StreamStore.Claim held = claimOrNull();
      if (held == null) {
        resumeAfter(OTHER_OWNER);
        return false;
      }
      long size = log.state().size();
      if (held.next() > size) {
        throw new IllegalStateException(
            "the position of the target is "
                + held.next()
                + ", but the log has "
                + size
                + " entries: the database was changed or restored");
      }
      if (held.next() == size) {
        return false;
      }
      long first = firstIndex();
      if (held.next() < first) {
        skipArchived(held, first);
        return true;
      }
      StreamBatch batch;
      try {
        batch = read(held.next(), limit);
      } catch (OutOfMemoryError e) {
        limit = Math.max(1, limit / 2);
        throw e;
      }
      try {
        target.sender().send(batch);
      } catch (StreamException | RuntimeException | Error e) { // even a lack of memory
        limit = Math.max(1, batch.entries().size() / 2);
        throw e;
      }
      limit = Math.min(BATCH, limit + 1);
      sentEntries.addAndGet(batch.entries().size());
      claim = store.advance(held, batch.last() + 1, clock.instant().plus(LEASE)).orElse(null);
      return true;
    }

    /**
     * Skips archived entries, which the target can no longer receive. These entries exist if {@code
     * archive-log --ignore-stream} named the target, and the target is in the settings again.
     */
    private void skipArchived(StreamStore.Claim held, long first) {
      claim = store.advance(held, first, clock.instant().plus(LEASE)).orElse(null);
      if (claim != null) {
        LOG.log(
            Level.WARNING,
            "the audit stream {0} skips the entries {1} to {2}, which were archived before the"
                + " target accepted them",
            target.name(),
            String.valueOf(held.next()),
            String.valueOf(first - 1));
      }
    }

    private StreamStore.@Nullable Claim claimOrNull() {
      if (!hasPosition) {
        long first = firstIndex();
        store.setPositionIfAbsent(
            target.name(), target.fromBeginning() ? first : log.state().size());
        if (target.fromBeginning() && first > 0) {
          LOG.log(
              Level.INFO,
              "the entries before {0} were archived, so the audit stream {1} cannot have them",
              String.valueOf(first),
              target.name());
        }
        hasPosition = true;
      }
      StreamStore.Claim held = claim;
      Instant now = clock.instant();
      if (held == null || now.plus(RESERVE).isAfter(held.until())) {
        held = store.claim(target.name(), owner, now, now.plus(LEASE)).orElse(null);
        claim = held;
      }
      return held;
    }

    private void handleFailure(
        Level level, String error, Duration pause, @Nullable Throwable cause) {
      if (closing) {
        return;
      }
      failures.incrementAndGet();
      if (!error.equals(reportedError)) {
        reportedError = error;
        LOG.log(level, "the audit stream " + target.name() + " cannot send: " + error, cause);
      }
      resumeAfter(delay(firstDelay, ++attempts, pause, random));
      release(); // another process may reach the target
    }

    private void resumeAfter(Duration delay) {
      resumeAt = System.nanoTime() + delay.toNanos();
    }

    private void release() {
      StreamStore.Claim held = claim;
      claim = null;
      if (held != null) {
        try {
          store.release(held);
        } catch (RuntimeException e) {
          LOG.log(Level.DEBUG, "a claim was not released and ends by itself", e);
        }
      }
    }
  }

  /** Aborts running attempts, stops the threads, and releases the claims. */
  @Override
  public void close() {
    closing = true;
    workers.values().forEach(worker -> worker.target.sender().close());
    threads.shutDown(executor, STOP_TIMEOUT);
    workers.values().forEach(Worker::release);
  }
}
