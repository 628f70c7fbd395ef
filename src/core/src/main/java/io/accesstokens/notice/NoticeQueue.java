package io.accesstokens.notice;

import java.time.Duration;

/**
 * The state of the queue of deliveries.
 *
 * @param length the number of pending deliveries, at most {@link #MAX_LENGTH}
 * @param age the time since the oldest pending delivery was written; zero if there is none
 */
public record NoticeQueue(int length, Duration age) {

  /** The number of deliveries at which the store stops counting. */
  public static final int MAX_LENGTH = 100_000;

  public static final NoticeQueue EMPTY = new NoticeQueue(0, Duration.ZERO);
}
