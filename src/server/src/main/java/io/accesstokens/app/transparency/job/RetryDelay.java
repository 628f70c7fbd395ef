package io.accesstokens.app.transparency.job;

import java.time.Duration;

/** The delays between attempts: 5 seconds, twice as long after each failure, at most 5 minutes. */
public final class RetryDelay {

  private static final Duration FIRST = Duration.ofSeconds(5);
  private static final Duration MAX = Duration.ofMinutes(5);
  private static final int MAX_DOUBLINGS = 6;

  private RetryDelay() {}

  /**
   * Returns the delay before the next attempt.
   *
   * @param failures the number of failures before this one
   */
  public static Duration after(int failures) {
    Duration delay = FIRST.multipliedBy(1L << Math.min(failures, MAX_DOUBLINGS));
    return delay.compareTo(MAX) > 0 ? MAX : delay;
  }
}
