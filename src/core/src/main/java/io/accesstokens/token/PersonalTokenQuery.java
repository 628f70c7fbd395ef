package io.accesstokens.token;

import io.accesstokens.verify.EntityRef;
import java.util.Optional;

/**
 * Which of a user's personal tokens to list.
 *
 * @param owner the user
 * @param status only tokens of this status
 * @param offset how many to pass over, not negative
 * @param limit how many at most, 0 to {@value TokenQuery#MAX_LIMIT}; 0 asks for the total alone
 */
public record PersonalTokenQuery(
    EntityRef owner, Optional<TokenStatus> status, long offset, int limit) {

  /**
   * @throws IllegalArgumentException if a number is out of range
   */
  public PersonalTokenQuery {
    if (offset < 0 || limit < 0 || limit > TokenQuery.MAX_LIMIT) {
      throw new IllegalArgumentException("offset or limit is out of range");
    }
  }
}
