package io.accesstokens.token.query;

/**
 * The number of items that match a query. Counting stops at {@link #EXACT_UP_TO} items, to limit
 * the cost.
 *
 * @param count the number of items; exact unless {@code lowerBound} is true
 * @param lowerBound true if there are more items than {@code count}
 */
public record BoundedCount(long count, boolean lowerBound) {

  /** Maximum number of items that are counted exactly. */
  public static final int EXACT_UP_TO = 10_000;

  /**
   * Creates an instance from a number of counted items.
   *
   * @param counted the number of counted items; the caller can stop counting at {@link
   *     #EXACT_UP_TO} + 1
   */
  public static BoundedCount ofCounted(long counted) {
    return counted > EXACT_UP_TO
        ? new BoundedCount(EXACT_UP_TO, true)
        : new BoundedCount(counted, false);
  }
}
