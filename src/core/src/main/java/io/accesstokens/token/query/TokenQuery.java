package io.accesstokens.token.query;

import io.accesstokens.token.TokenStatus;
import io.accesstokens.verify.EntityRef;
import java.util.Optional;
import java.util.Set;

/**
 * Selects a page of service tokens and sets their order.
 *
 * @param filter the conditions for the tokens
 * @param order the order of the tokens
 * @param after selects only tokens after this position; the position must have the sort key of
 *     {@code order}
 * @param offset the number of tokens to skip, counted from {@code after}
 * @param limit the maximum number of tokens, 0 to {@link #MAX_LIMIT}; with 0, the tokens are only
 *     counted
 */
public record TokenQuery(
    TokenFilter filter, TokenOrder order, Optional<ListPosition> after, long offset, int limit) {

  /** Maximum number of items on a page. */
  public static final int MAX_LIMIT = 500;

  /**
   * Maximum offset in a request for a list with cursors. A greater offset is expensive, because a
   * database reads all rows that a page skips. The cost of a cursor ({@code after}) does not depend
   * on its position in the list.
   */
  public static final int MAX_OFFSET = 10_000;

  public TokenQuery {
    if (limit < 0 || limit > MAX_LIMIT || offset < 0) {
      throw new IllegalArgumentException(
          "limit must be 0 to " + MAX_LIMIT + ", and offset must not be negative");
    }
    if (after.isPresent() && (after.get().key() != order.key() || !after.get().isPossible())) {
      throw new IllegalArgumentException(
          "after must be a valid position in a list with the order of this query");
    }
  }

  /** Creates a query with conditions on status and groups only. The newest token comes first. */
  public TokenQuery(
      Optional<TokenStatus> status,
      Optional<Set<EntityRef>> groups,
      Optional<ListPosition> after,
      long offset,
      int limit) {
    this(TokenFilter.of(status, groups), TokenOrder.NEWEST_FIRST, after, offset, limit);
  }

  /** Returns the status that the filter selects; empty if the filter names no status. */
  public Optional<TokenStatus> status() {
    return filter.status();
  }

  /** Returns the groups that the filter selects; empty if the filter selects all groups. */
  public Optional<Set<EntityRef>> groups() {
    return filter.groups();
  }
}
