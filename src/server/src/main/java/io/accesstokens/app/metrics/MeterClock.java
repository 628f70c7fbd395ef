package io.accesstokens.app.metrics;

import io.micrometer.core.instrument.Clock;
import java.util.concurrent.TimeUnit;

/**
 * The clock of the meters. Reads the exact wall clock at most once a second.
 *
 * <p>For each recorded duration, Micrometer reads the wall clock twice, to find the time window of
 * the sample. Exact readings would take half of the time of a recording. This class avoids exact
 * readings, because a window has a length of minutes.
 *
 * <p>Only {@link #monotonicTime} refreshes the time of the wall clock. Code that records a duration
 * must therefore measure the duration with this clock. Otherwise, a sample after a long pause would
 * be in an old window. The metrics of the garbage collection do not use this clock. These metrics
 * can lack the longest pause if the process had no request for minutes. Thread-safe.
 */
final class MeterClock implements Clock {

  private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Clock exact;
  private volatile long refreshed;
  private volatile long wall;

  /**
   * Creates a clock.
   *
   * @param exact the clock that this clock reads
   */
  MeterClock(Clock exact) {
    this.exact = exact;
    this.refreshed = exact.monotonicTime();
    this.wall = exact.wallTime();
  }

  @Override
  public long monotonicTime() {
    long now = exact.monotonicTime();
    if (now - refreshed >= NANOS) {
      refreshed = now;
      wall = exact.wallTime();
    }
    return now;
  }

  /** Returns the time of the last refresh, in milliseconds since 1970-01-01T00:00Z. */
  @Override
  public long wallTime() {
    return wall;
  }
}
