package io.accesstokens.token;

/** The caller lacks a permission, or has it, but not here. */
public final class PermissionDenied extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String permission;

  /**
   * @param permission its name, for the answer
   * @param message says which permission, and where it does not reach
   */
  public PermissionDenied(String permission, String message) {
    super(message);
    this.permission = permission;
  }

  /** The name of the permission that the caller lacks. */
  public String permission() {
    return permission;
  }
}
