package io.accesstokens.http;

import io.accesstokens.token.Permissions;
import java.util.Optional;

/**
 * What a search for groups asks for.
 *
 * @param text what was typed; blank for all
 * @param permission one of {@link Permissions#SERVICE}
 * @param limit how many at most
 */
record GroupQuery(String text, String permission, int limit) {

  /** How many code points a search may have. */
  static final int MAX_TEXT = 200;

  /** How many groups there are in an answer when nobody says. */
  static final int DEFAULT_LIMIT = 20;

  /** More are no help to somebody who looks for one. */
  static final int MAX_LIMIT = 100;

  /** {@code q}. */
  static Optional<String> text(String given) {
    return Optional.of(given).filter(it -> it.codePointCount(0, it.length()) <= MAX_TEXT);
  }

  /** {@code permission}. */
  static Optional<String> permission(String given) {
    return Optional.of(given).filter(Permissions.SERVICE::contains);
  }
}
