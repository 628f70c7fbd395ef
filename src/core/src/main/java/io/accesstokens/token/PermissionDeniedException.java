package io.accesstokens.token;

/** The caller lacks a permission, or has it, but not here. */
public final class PermissionDeniedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String permission;
  private final String rule;

  /**
   * @param permission its name, for the answer
   * @param rule the rule that decided, not for the answer
   * @param message says which permission, and where it does not reach
   */
  public PermissionDeniedException(String permission, String rule, String message) {
    super(message);
    this.permission = permission;
    this.rule = rule;
  }

  /**
   * By no rule that is known.
   *
   * @param permission its name, for the answer
   * @param message says which permission, and where it does not reach
   */
  public PermissionDeniedException(String permission, String message) {
    this(permission, PermissionPolicy.NO_GRANT, message);
  }

  /** The name of the permission that the caller lacks. */
  public String permission() {
    return permission;
  }

  /** The name of the rule that decided, as a {@link Decision} has it: for a log, not the caller. */
  public String rule() {
    return rule;
  }
}
