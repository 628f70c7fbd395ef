package io.accesstokens.http.problem;

import io.accesstokens.token.policy.Violation;
import java.util.List;

/** Reports malformed JSON, a malformed header, or a wrong query parameter. */
public final class MalformedRequestException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Violation> violations;

  /**
   * @param message the description of the error, which must contain no text from the request
   */
  public MalformedRequestException(String message) {
    super(message);
    violations = List.of();
  }

  /**
   * @param violations the query parameters that are wrong
   */
  public MalformedRequestException(List<Violation> violations) {
    super("a query parameter is wrong");
    this.violations = List.copyOf(violations);
  }

  public List<Violation> violations() {
    return violations;
  }
}
