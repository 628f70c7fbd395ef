package io.accesstokens.token;

import java.util.List;
import java.util.Optional;

/**
 * A page of tokens.
 *
 * @param tokens in the query's order
 * @param total of all tokens that match, not regarding {@code after}, offset and limit
 * @param next where the next page starts; empty on the last page and for limit 0
 */
public record TokenPage(
    List<ServiceToken> tokens, BoundedCount total, Optional<ListPosition> next) {

  public TokenPage {
    tokens = List.copyOf(tokens);
  }
}
