package io.accesstokens.token.policy;

/**
 * Thrown if the caller lacks a permission, lacks the permission on the group of the request, lacks
 * a required scope, or may not grant the requested rights to a token.
 */
public final class PermissionDeniedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String permission;
  private final String rule;

  /**
   * Creates an exception for a missing permission.
   *
   * @param permission the permission that the caller lacks, or the scopes, separated by spaces; for
   *     the response; empty if no permission and no scope would be enough
   * @param rule the name of the rule that decided, which must not be sent to the caller
   * @param message the error message, for the response
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
   * @param message the error message, for the response
   */
  public PermissionDeniedException(String permission, String message) {
    this(permission, PermissionPolicy.NO_GRANT, message);
  }

  /**
   * Returns the permission that the caller lacks, or the scopes, separated by spaces. Returns an
   * empty text if no permission and no scope would be enough.
   */
  public String permission() {
    return permission;
  }

  /**
   * Returns the name of the rule that decided, as in {@link Decision#rule}. The name is for logs
   * and must not be sent to the caller.
   */
  public String rule() {
    return rule;
  }
}
