package io.accesstokens.token;

import io.accesstokens.verify.MachineClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A machine's two clocks, which stay at zero until a test moves them. */
public final class ManualMachineClock implements MachineClock {

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong wallOffsetMillis = new AtomicLong();

  /** Moves both clocks. */
  public void shift(Duration by) {
    nanos.addAndGet(by.toNanos());
  }

  /** Sets the wall clock forward, or back if the argument is negative. */
  public void setWallForward(Duration by) {
    wallOffsetMillis.addAndGet(by.toMillis());
  }

  @Override
  public long monotonicNanos() {
    return nanos.get();
  }

  @Override
  public long wallMillis() {
    return Duration.ofNanos(nanos.get()).toMillis() + wallOffsetMillis.get();
  }
}
