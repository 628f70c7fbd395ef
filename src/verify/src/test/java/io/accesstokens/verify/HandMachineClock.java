package io.accesstokens.verify;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The clocks of a machine, which stand still at zero until a test moves them. */
public final class HandMachineClock implements MachineClock {

  private final AtomicLong nanos = new AtomicLong();

  /** Moves both. */
  public void shift(Duration by) {
    nanos.addAndGet(by.toNanos());
  }

  @Override
  public long monotonicNanos() {
    return nanos.get();
  }

  @Override
  public long wallMillis() {
    return Duration.ofNanos(nanos.get()).toMillis();
  }
}
