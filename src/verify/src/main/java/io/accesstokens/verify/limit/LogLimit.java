package io.accesstokens.verify.limit;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Limits the number of log lines per second. The next written line reports the number of suppressed
 * lines. This class is thread-safe.
 */
public final class LogLimit {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final int linesPerSecond;
  private final LongSupplier nanoTime;
  private long begin; // guarded by this
  private int written; // guarded by this
  private long suppressed; // guarded by this

  /**
   * Creates a limit.
   *
   * @param linesPerSecond the maximum number of lines per second, at least 1
   */
  public LogLimit(int linesPerSecond) {
    this(linesPerSecond, System::nanoTime);
  }

  LogLimit(int linesPerSecond, LongSupplier nanoTime) {
    this.linesPerSecond = linesPerSecond;
    this.nanoTime = nanoTime;
    this.begin = nanoTime.getAsLong();
  }

  /** Writes a line to a log, unless the limit of the current second is reached. */
  public void log(Logger log, Level level, String message) {
    OptionalLong before = admit();
    if (before.isPresent()) {
      String more = before.getAsLong() == 0 ? "" : " (and " + before.getAsLong() + " more before)";
      log.log(level, () -> message + more);
    }
  }

  /**
   * Counts a line, and decides whether the caller must write it now.
   *
   * @return the number of lines suppressed since the last written line; empty if the caller must
   *     suppress this line too
   */
  public synchronized OptionalLong admit() {
    long now = nanoTime.getAsLong();
    if (now - begin >= SECOND) {
      begin = now;
      written = 0;
    }
    if (written >= linesPerSecond) {
      suppressed++;
      return OptionalLong.empty();
    }
    written++;
    long before = suppressed;
    suppressed = 0;
    return OptionalLong.of(before);
  }
}
