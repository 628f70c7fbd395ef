package io.accesstokens.token;

/**
 * How many items match, counted with bounded work.
 *
 * @param count exact, unless {@code lowerBound}
 * @param lowerBound whether there are more than {@code count}
 */
public record BoundedCount(long count, boolean lowerBound) {

  /** Up to here counts are exact. */
  public static final int EXACT_UP_TO = 10_000;

  /**
   * The total that a count with a limit gives.
   *
   * @param counted the items seen when counting stopped at {@link #EXACT_UP_TO} + 1
   */
  public static BoundedCount ofBoundedCount(long counted) {
    return counted > EXACT_UP_TO
        ? new BoundedCount(EXACT_UP_TO, true)
        : new BoundedCount(counted, false);
  }
}
