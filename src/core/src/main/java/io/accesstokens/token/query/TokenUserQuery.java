package io.accesstokens.token.query;

import io.accesstokens.token.Text;
import io.accesstokens.verify.EntityRef;
import java.util.Optional;

/**
 * Selects users with live personal tokens, in the order of their refs.
 *
 * @param text selects the users whose ref contains this text, in upper or lower case, and the users
 *     who have a token with exactly this prefix; empty for all users
 * @param after selects only users after this user; empty to begin with the first user
 * @param limit the maximum number of users, not negative
 */
public record TokenUserQuery(Optional<String> text, Optional<EntityRef> after, int limit) {

  /** Maximum length of {@link #text}, in code points. */
  public static final int MAX_TEXT = TokenFilter.MAX_TEXT;

  /**
   * Creates a query for users.
   *
   * @throws IllegalArgumentException if {@code limit} is negative
   */
  public TokenUserQuery {
    if (limit < 0) {
      throw new IllegalArgumentException("limit must not be negative");
    }
  }

  /** Returns this query with another limit. */
  public TokenUserQuery withLimit(int newLimit) {
    return new TokenUserQuery(text, after, newLimit);
  }

  /**
   * Returns the text in the form of {@link Text#foldCase}, for comparisons with refs; empty if
   * there is no text.
   */
  public Optional<String> refPart() {
    return text.map(Text::foldCase);
  }
}
