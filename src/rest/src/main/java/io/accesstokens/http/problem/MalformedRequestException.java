package io.accesstokens.http.problem;

import io.accesstokens.token.policy.Violation;
import java.util.List;

/** Thrown if the JSON or a header of a request is malformed, or if a query parameter is wrong. */
public final class MalformedRequestException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Violation> violations;

  /**
   * Creates an exception for a request that cannot be parsed.
   *
   * @param message the description of the error, without text from the request
   */
  public MalformedRequestException(String message) {
    super(message);
    violations = List.of();
  }

  /**
   * Creates an exception for a request with wrong query parameters.
   *
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
