package io.accesstokens.token;

import io.accesstokens.verify.MachineClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A machine's two clocks, which stay at zero until a test moves them. */
public final class ManualMachineClock implements MachineClock {

  private final AtomicLong nanos = new AtomicLong();

  /** Moves both clocks. */
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
