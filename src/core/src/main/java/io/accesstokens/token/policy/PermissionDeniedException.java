package io.accesstokens.token.policy;

/** Thrown if the caller lacks a permission, or does not have it on the group in question. */
public final class PermissionDeniedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String permission;
  private final String rule;

  /**
   * @param permission the name of the permission, for the response
   * @param rule the rule that decided, not for the response
   * @param message the permission, and where the caller lacks it
   */
  public PermissionDeniedException(String permission, String rule, String message) {
    super(message);
    this.permission = permission;
    this.rule = rule;
  }

  /**
   * Creates an exception without a known rule.
   *
   * @param permission the name of the permission, for the response
   * @param message the permission, and where the caller lacks it
   */
  public PermissionDeniedException(String permission, String message) {
    this(permission, PermissionPolicy.NO_GRANT, message);
  }

  /** Returns the name of the permission that the caller lacks. */
  public String permission() {
    return permission;
  }

  /**
   * Returns the name of the rule that decided, as in {@link Decision#rule}. It is for a log, not
   * for the caller.
   */
  public String rule() {
    return rule;
  }
}
