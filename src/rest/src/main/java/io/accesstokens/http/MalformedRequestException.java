package io.accesstokens.http;

import io.accesstokens.token.Violation;
import java.util.List;

/** The request cannot be understood: malformed JSON, or a wrong query parameter. */
final class MalformedRequestException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Violation> violations;

  /**
   * @param message says what is wrong without repeating what was sent
   */
  MalformedRequestException(String message) {
    super(message);
    violations = List.of();
  }

  /**
   * @param violations name the query parameters that are wrong
   */
  MalformedRequestException(List<Violation> violations) {
    super("a query parameter is wrong");
    this.violations = List.copyOf(violations);
  }

  List<Violation> violations() {
    return violations;
  }
}
