package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.util.Optional;
import java.util.Set;

/**
 * Which tokens to list. All filters are ANDed.
 *
 * @param status only tokens of this status
 * @param groups only tokens of these groups; an empty set matches nothing
 * @param after only tokens that come after this position
 * @param offset how many to pass over, counted from {@code after}
 * @param limit at most so many; 0 only counts
 */
public record TokenQuery(
    Optional<TokenStatus> status,
    Optional<Set<EntityRef>> groups,
    Optional<ListPosition> after,
    long offset,
    int limit) {

  /** The largest page. */
  public static final int MAX_LIMIT = 500;

  public TokenQuery {
    groups = groups.map(Set::copyOf);
    if (limit < 0 || limit > MAX_LIMIT || offset < 0) {
      throw new IllegalArgumentException("limit must be 0.." + MAX_LIMIT + ", offset not negative");
    }
  }
}
