package io.accesstokens.token;

import java.time.LocalDate;

/**
 * The uses of a token on one day of UTC.
 *
 * @param accepted uses that were let in
 * @param refused uses that were turned away
 */
public record DailyUsage(LocalDate day, long accepted, long refused) {

  /** For how many days they are kept, today included. */
  public static final int KEPT_DAYS = 90;

  /** The same day with these uses, too. */
  public DailyUsage plus(DailyUsage other) {
    return new DailyUsage(day, accepted + other.accepted, refused + other.refused);
  }
}
