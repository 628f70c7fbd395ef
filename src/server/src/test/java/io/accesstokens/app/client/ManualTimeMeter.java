package io.accesstokens.app.client;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock for rate limits, which stays at zero until a test moves it. */
final class ManualTimeMeter implements TimeMeter {

  private final AtomicLong nanos = new AtomicLong();

  void shift(Duration by) {
    nanos.addAndGet(by.toNanos());
  }

  @Override
  public long currentTimeNanos() {
    return nanos.get();
  }

  @Override
  public boolean isWallClockBased() {
    return false;
  }
}
