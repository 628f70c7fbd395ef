package io.accesstokens.token;

import java.util.List;

/** One or more fields of a request are wrong. Nothing was changed. */
public final class InvalidRequestException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Violation> violations;

  /**
   * @param violations at least one
   */
  public InvalidRequestException(List<Violation> violations) {
    super("a field is wrong");
    this.violations = List.copyOf(violations);
  }

  /** What is wrong, field by field. */
  public List<Violation> violations() {
    return violations;
  }
}
