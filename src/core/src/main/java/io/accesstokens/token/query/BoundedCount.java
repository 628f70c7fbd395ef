package io.accesstokens.token.query;

/**
 * The number of matching items, counted with bounded work.
 *
 * @param count exact, unless {@code lowerBound} is true
 * @param lowerBound true if there are more items than {@code count}
 */
public record BoundedCount(long count, boolean lowerBound) {

  /** Counts up to this value are exact. */
  public static final int EXACT_UP_TO = 10_000;

  /**
   * Returns the total for a count that stopped at a limit.
   *
   * @param counted the number of items counted; counting can stop at {@link #EXACT_UP_TO} + 1
   */
  public static BoundedCount ofBoundedCount(long counted) {
    return counted > EXACT_UP_TO
        ? new BoundedCount(EXACT_UP_TO, true)
        : new BoundedCount(counted, false);
  }
}
