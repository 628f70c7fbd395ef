package io.accesstokens.app.transparency.job;

import java.time.Duration;

/**
 * The delays between attempts to send a checkpoint. The first delay is 5 seconds. Each further
 * failure doubles the delay, up to 5 minutes.
 */
public final class RetryDelay {

  private static final Duration FIRST = Duration.ofSeconds(5);
  private static final Duration MAX = Duration.ofMinutes(5);
  private static final int MAX_DOUBLINGS = 6;

  private RetryDelay() {}

  /**
   * Returns the delay before the next attempt.
   *
   * @param failures the number of successive failures before the latest failure
   */
  public static Duration after(int failures) {
    Duration delay = FIRST.multipliedBy(1L << Math.min(failures, MAX_DOUBLINGS));
    return delay.compareTo(MAX) > 0 ? MAX : delay;
  }
}
