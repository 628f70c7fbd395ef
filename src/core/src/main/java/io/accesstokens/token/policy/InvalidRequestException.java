package io.accesstokens.token.policy;

import java.util.List;

/** Thrown if one or more fields of a request are invalid. No token was changed. */
public final class InvalidRequestException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Violation> violations;

  /**
   * Creates an exception for a request with errors.
   *
   * @param violations the errors of the request, at least one
   */
  public InvalidRequestException(List<Violation> violations) {
    super("a field is wrong");
    this.violations = List.copyOf(violations);
  }

  /** Returns all errors of the request. */
  public List<Violation> violations() {
    return violations;
  }
}
