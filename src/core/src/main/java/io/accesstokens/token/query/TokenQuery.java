package io.accesstokens.token.query;

import io.accesstokens.token.TokenStatus;
import io.accesstokens.verify.EntityRef;
import java.util.Optional;
import java.util.Set;

/**
 * Selects a page of service tokens, in an order.
 *
 * @param filter selects the tokens
 * @param order the order
 * @param after only tokens after this position, which must have the key of the order
 * @param offset the number of tokens to skip, counted from {@code after}
 * @param limit the maximum number of tokens, 0 to {@link #MAX_LIMIT}; 0 only counts
 */
public record TokenQuery(
    TokenFilter filter, TokenOrder order, Optional<ListPosition> after, long offset, int limit) {

  /** Maximum size of a page. */
  public static final int MAX_LIMIT = 500;

  public TokenQuery {
    if (limit < 0 || limit > MAX_LIMIT || offset < 0) {
      throw new IllegalArgumentException("limit must be 0.." + MAX_LIMIT + ", offset not negative");
    }
    if (after.isPresent() && (after.get().key() != order.key() || !after.get().isPossible())) {
      throw new IllegalArgumentException("after must be a position of the query's order");
    }
  }

  /** Creates a query by status and group only, newest first. */
  public TokenQuery(
      Optional<TokenStatus> status,
      Optional<Set<EntityRef>> groups,
      Optional<ListPosition> after,
      long offset,
      int limit) {
    this(TokenFilter.of(status, groups), TokenOrder.NEWEST_FIRST, after, offset, limit);
  }

  /** Returns the status in the filter. */
  public Optional<TokenStatus> status() {
    return filter.status();
  }

  /** Returns the groups in the filter. */
  public Optional<Set<EntityRef>> groups() {
    return filter.groups();
  }
}
