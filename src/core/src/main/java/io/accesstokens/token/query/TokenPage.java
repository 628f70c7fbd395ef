package io.accesstokens.token.query;

import io.accesstokens.token.ServiceToken;
import java.util.List;
import java.util.Optional;

/**
 * A page of tokens.
 *
 * @param tokens the tokens, in the order of the query
 * @param total the number of all matching tokens, not only of those on this page
 * @param next the position after which the next page starts; empty on the last page and for limit 0
 */
public record TokenPage(
    List<ServiceToken> tokens, BoundedCount total, Optional<ListPosition> next) {

  public TokenPage {
    tokens = List.copyOf(tokens);
  }
}
