package io.accesstokens.http.input;

import io.accesstokens.token.Permissions;
import java.util.Optional;

/**
 * A search for groups on which the caller has a permission.
 *
 * @param text the text that the user has entered; blank for all groups
 * @param permission the permission that the caller has on each group of the result; one of {@link
 *     Permissions#SERVICE}
 * @param limit the maximum number of groups in the response
 */
public record GroupQuery(String text, String permission, int limit) {

  /** Maximum length of the search text, in code points. */
  public static final int MAX_TEXT = 200;

  /** Maximum number of groups in a response if the request contains no limit. */
  static final int DEFAULT_LIMIT = 20;

  /** Maximum value of the limit in a request. */
  static final int MAX_LIMIT = 100;

  /** Returns the search text, or empty if the text has more than {@value #MAX_TEXT} code points. */
  static Optional<String> text(String value) {
    return Optional.of(value).filter(text -> text.codePointCount(0, text.length()) <= MAX_TEXT);
  }

  /** Returns the permission, or empty if the text is not one of {@link Permissions#SERVICE}. */
  static Optional<String> permission(String value) {
    return Optional.of(value).filter(Permissions.SERVICE::contains);
  }
}
