package io.accesstokens.transparency;

import io.accesstokens.log.LogArchive;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.token.StoreUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Observes how far the log is behind the audit events. Thread-safe. */
public final class LogMonitor {

  /** The number of waiting events at which a count stops, to limit the cost of the count. */
  public static final int MAX_COUNT = 10_000;

  /** The interval between two refreshes by a background job, in seconds. */
  public static final int REFRESH_SECONDS = 5;

  /** Time for which {@link #status} repeats the last result or the last failure. */
  private static final Duration MAX_AGE = Duration.ofSeconds(1);

  private static final Logger LOG = System.getLogger(LogMonitor.class.getName());

  private final LogStore store;
  private final LogSequencer sequencer;
  private final Clock clock;
  private volatile @Nullable LogStatus last;

  // The lock of this object guards the following fields.
  private long read = System.nanoTime();

  private @Nullable RuntimeException failure;

  /**
   * The time of the latest read that found no waiting event, by {@link System#nanoTime}; at first,
   * the creation time of this object.
   */
  private long caughtUp = System.nanoTime();

  public LogMonitor(LogStore store, LogSequencer sequencer, Clock clock) {
    this.store = store;
    this.sequencer = sequencer;
    this.clock = clock;
  }

  /**
   * Reads the status again.
   *
   * @throws StoreUnavailableException if the store cannot be reached
   */
  public synchronized void refresh() {
    try {
      last = currentStatus();
      failure = null;
    } catch (RuntimeException e) {
      failure = e;
      throw e;
    } finally {
      read = System.nanoTime();
    }
  }

  private LogStatus currentStatus() {
    LogState state = LogState.NEW;
    LogStatus before = last;
    LogArchive archive = before == null ? null : before.archive();
    String damage = sequencer.damage();
    try {
      state = store.state();
      archive = sequencer.archive().orElse(null);
    } catch (ForkedLogException e) {
      damage = damage == null ? String.valueOf(e.getMessage()) : damage;
    } catch (LogFormatException e) {
      damage = "the stored log is damaged: " + e.getMessage();
    }
    LogBacklog backlog = store.backlog(MAX_COUNT);
    long now = System.nanoTime();
    if (backlog.events() == 0) {
      caughtUp = now;
    }
    LogSequencer.Verified verified = sequencer.verified();
    Instant present = clock.instant();
    return new LogStatus(
        state.origin(),
        state.size(),
        verified == null ? 0 : verified.size(),
        verified == null ? null : present.minusNanos(now - verified.nanos()),
        backlog,
        lag(backlog.oldest(), present, Duration.ofNanos(now - caughtUp)),
        damage,
        archive);
  }

  /**
   * Returns the lag: the age of the oldest waiting event, but at most {@code waiting}. The maximum
   * is necessary for imports, because an imported event can be years old.
   *
   * @param waiting the time since the log last contained all events
   */
  private static Duration lag(@Nullable Instant oldest, Instant now, Duration waiting) {
    if (oldest == null || oldest.isAfter(now)) {
      return Duration.ZERO;
    }
    Duration age = Duration.between(oldest, now);
    return age.compareTo(waiting) < 0 ? age : waiting;
  }

  /**
   * Reads the status again. If the store cannot be reached, {@link #last()} keeps the previous
   * status.
   */
  public void poll() {
    try {
      refresh();
    } catch (StoreUnavailableException e) {
      LOG.log(Level.DEBUG, "the state of the log cannot be read", e); // the sequencer reports it
    }
  }

  /**
   * Returns the status, which is at most one second old. If a read fails, calls within one second
   * fail too.
   *
   * @throws StoreUnavailableException if the store cannot be reached
   */
  public synchronized LogStatus status() {
    if ((last == null && failure == null) || System.nanoTime() - read >= MAX_AGE.toNanos()) {
      refresh();
    }
    TransparencyLog.throwAgain(failure);
    return last().orElseThrow();
  }

  /** Returns the status that the last successful refresh has read; empty if there is none. */
  public Optional<LogStatus> last() {
    return Optional.ofNullable(last);
  }

  /** Returns how many runs of this process's sequencer have failed with this cause. */
  public long failures(LogSequencer.Failure kind) {
    return sequencer.failures(kind);
  }

  /** Returns true if the sequencer of this process, or the last refresh, has found damage. */
  public boolean isDamaged() {
    LogStatus status = last;
    return sequencer.damage() != null || (status != null && status.damage() != null);
  }
}
