package io.accesstokens.token.rotation;

import java.time.Duration;

/**
 * The rules for rotations.
 *
 * @param defaultGrace the grace period if the request sets none
 * @param maxGrace the maximum grace period, inclusive
 * @param self determines whether a service token can rotate itself
 */
public record RotationPolicy(Duration defaultGrace, Duration maxGrace, SelfRotation self) {

  /**
   * The default rules. The default grace period is one day, and the maximum is 30 days. A service
   * token cannot rotate itself.
   */
  public static final RotationPolicy DEFAULT =
      new RotationPolicy(Duration.ofDays(1), Duration.ofDays(30), SelfRotation.OFF);

  /**
   * The minimum grace period of a self-rotation. In this time, a client that has not received the
   * response can repeat its request.
   */
  public static final Duration MIN_SELF_GRACE = Duration.ofSeconds(60);

  /**
   * Creates rules for rotations.
   *
   * @throws IllegalArgumentException if the default grace period is negative or greater than the
   *     maximum grace period, or if self-rotation is on and the maximum grace period is less than
   *     {@link #MIN_SELF_GRACE}
   */
  public RotationPolicy {
    if (defaultGrace.isNegative() || defaultGrace.compareTo(maxGrace) > 0) {
      throw new IllegalArgumentException(
          "the default grace period must not be negative and must not exceed the maximum grace"
              + " period");
    }
    if (self != SelfRotation.OFF && maxGrace.compareTo(MIN_SELF_GRACE) < 0) {
      throw new IllegalArgumentException(
          "self-rotation needs a maximum grace period of at least 60 seconds");
    }
  }
}
