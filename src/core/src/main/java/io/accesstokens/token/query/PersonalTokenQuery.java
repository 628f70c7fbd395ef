package io.accesstokens.token.query;

import io.accesstokens.token.TokenStatus;
import io.accesstokens.verify.EntityRef;
import java.util.Optional;

/**
 * Selects a page of a user's personal tokens.
 *
 * @param owner the user
 * @param status selects only tokens with this status; empty for any status
 * @param offset the number of tokens to skip, not negative
 * @param limit the maximum number of tokens, 0 to {@value TokenQuery#MAX_LIMIT}; with 0, the tokens
 *     are only counted
 */
public record PersonalTokenQuery(
    EntityRef owner, Optional<TokenStatus> status, long offset, int limit) {

  /**
   * Creates a query for a page of personal tokens.
   *
   * @throws IllegalArgumentException if {@code offset} or {@code limit} is out of range
   */
  public PersonalTokenQuery {
    if (offset < 0 || limit < 0 || limit > TokenQuery.MAX_LIMIT) {
      throw new IllegalArgumentException(
          "limit must be 0 to " + TokenQuery.MAX_LIMIT + ", and offset must not be negative");
    }
  }
}
