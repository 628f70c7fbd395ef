package io.accesstokens.spring;

/** Thrown at start if the application cannot guard its requests. The message has no secret. */
final class AccessTokensStartException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String action;

  /**
   * Creates an exception.
   *
   * @param problem what is wrong, such as {@code access-tokens.url is missing}
   * @param action what the operator must do
   */
  AccessTokensStartException(String problem, String action) {
    super(problem);
    this.action = action;
  }

  String action() {
    return action;
  }
}
