package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.util.Optional;
import java.util.Set;

/**
 * Which tokens to list, and in which order.
 *
 * @param filter which
 * @param order in which order
 * @param after only tokens that come after this position, which is one of that order's key
 * @param offset how many to pass over, counted from {@code after}
 * @param limit at most so many; 0 only counts
 */
public record TokenQuery(
    TokenFilter filter, TokenOrder order, Optional<ListPosition> after, long offset, int limit) {

  /** The largest page. */
  public static final int MAX_LIMIT = 500;

  public TokenQuery {
    if (limit < 0 || limit > MAX_LIMIT || offset < 0) {
      throw new IllegalArgumentException("limit must be 0.." + MAX_LIMIT + ", offset not negative");
    }
    if (after.isPresent() && (after.get().key() != order.key() || !after.get().isPossible())) {
      throw new IllegalArgumentException("after must be a position of the query's order");
    }
  }

  /** By status and group alone, newest first. */
  public TokenQuery(
      Optional<TokenStatus> status,
      Optional<Set<EntityRef>> groups,
      Optional<ListPosition> after,
      long offset,
      int limit) {
    this(TokenFilter.of(status, groups), TokenOrder.NEWEST_FIRST, after, offset, limit);
  }

  /** The filter's. */
  public Optional<TokenStatus> status() {
    return filter.status();
  }

  /** The filter's. */
  public Optional<Set<EntityRef>> groups() {
    return filter.groups();
  }
}
