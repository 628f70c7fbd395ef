package io.accesstokens.token;

import java.time.LocalDate;

/**
 * The uses of a token on one UTC day.
 *
 * @param day the UTC day
 * @param accepted the number of accepted uses
 * @param refused the number of refused uses
 */
public record DailyUsage(LocalDate day, long accepted, long refused) {

  /** Number of days for which daily uses are kept, including today. */
  public static final int KEPT_DAYS = 90;

  /**
   * Returns the sum of these uses and the uses of {@code other}. The result has the day of this
   * object.
   */
  public DailyUsage plus(DailyUsage other) {
    return new DailyUsage(day, accepted + other.accepted, refused + other.refused);
  }
}
