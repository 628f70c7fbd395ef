package io.accesstokens.token;

import java.util.List;

/**
 * A page of a user's personal tokens.
 *
 * @param total the number of tokens on all pages
 */
public record PersonalTokenPage(List<PersonalToken> tokens, BoundedCount total) {
  public PersonalTokenPage {
    tokens = List.copyOf(tokens);
  }
}
