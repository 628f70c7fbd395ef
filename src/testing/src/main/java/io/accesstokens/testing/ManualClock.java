package io.accesstokens.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that only a test advances. */
public final class ManualClock extends Clock {

  private volatile Instant now;

  /** Creates a clock that shows noon. */
  public ManualClock() {
    this(Instant.parse("2026-03-01T12:00:00.123Z"));
  }

  public ManualClock(Instant now) {
    this.now = now;
  }

  /** Moves the clock by this duration. */
  public void shift(Duration by) {
    now = now.plus(by);
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
