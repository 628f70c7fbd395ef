package io.accesstokens.notice;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The delays between the attempts to send a delivery, from the retry schedule of the Standard
 * Webhooks specification 1.0.0 ("Deliverability and reliability"). The specification recommends a
 * random extension of each delay, so that failed deliveries are not all repeated at the same time.
 */
final class RetrySchedule {

  /** The delay before each further attempt. The first attempt has no delay. */
  static final List<Duration> DELAYS =
      List.of(
          Duration.ofSeconds(5),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          Duration.ofHours(2),
          Duration.ofHours(5),
          Duration.ofHours(10),
          Duration.ofHours(14),
          Duration.ofHours(20),
          Duration.ofHours(24));

  /** Maximum pause that a recipient can request. */
  static final Duration MAX_PAUSE = Duration.ofHours(24);

  /** Maximum random extension of a delay, as a fraction of the delay. */
  private static final double JITTER = 0.1;

  private RetrySchedule() {}

  /**
   * Returns the delay before the next attempt; empty after the last attempt.
   *
   * @param attempts the number of attempts so far, at least 1
   * @param pause the pause that the recipient requested, which is limited to {@link #MAX_PAUSE};
   *     the delay is not shorter than this pause
   */
  static Optional<Duration> next(int attempts, Duration pause, RandomGenerator random) {
    if (attempts > DELAYS.size()) {
      return Optional.empty();
    }
    Duration delay = DELAYS.get(attempts - 1);
    Duration extended = delay.plusMillis((long) (delay.toMillis() * JITTER * random.nextDouble()));
    Duration requested = bounded(pause);
    return Optional.of(requested.compareTo(extended) > 0 ? requested : extended);
  }

  /** Returns {@code pause}, or {@link #MAX_PAUSE} if {@code pause} is longer. */
  static Duration bounded(Duration pause) {
    return pause.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : pause;
  }
}
