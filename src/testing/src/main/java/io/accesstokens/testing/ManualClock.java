package io.accesstokens.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock for tests. The time changes only when a test calls {@link #shift} or {@link #set}. */
public final class ManualClock extends Clock {

  private volatile Instant now;

  /** Creates a clock that shows 123 milliseconds after 12:00 UTC on 1 March 2026. */
  public ManualClock() {
    this(Instant.parse("2026-03-01T12:00:00.123Z"));
  }

  public ManualClock(Instant now) {
    this.now = now;
  }

  /** Moves the clock forward by this duration, or back if the duration is negative. */
  public void shift(Duration by) {
    now = now.plus(by);
  }

  /** Sets the time. */
  public void set(Instant time) {
    now = time;
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException();
  }
}
