package io.accesstokens.token.policy;

/**
 * Thrown if an owner has the maximum number of tokens that are neither revoked nor expired. No
 * token was changed.
 */
public final class LimitReachedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * The field name in an error response if the owner is a group. A request has the ref of the group
   * in this field.
   */
  public static final String GROUP = "groupEntityRef";

  /** The field name in an error response if the owner is a user. No request contains this field. */
  public static final String USER = "userEntityRef";

  private final String field;

  /**
   * Creates an exception for an owner with too many tokens.
   *
   * @param field the field name for the error response: {@link #GROUP} or {@link #USER}
   * @param maxLive the maximum number of unrevoked, unexpired tokens
   */
  public LimitReachedException(String field, int maxLive) {
    super("must not have more than " + maxLive + " tokens that are neither revoked nor expired");
    this.field = field;
  }

  /**
   * Returns the field name for the error response: {@link #GROUP} if the owner is a group, {@link
   * #USER} if the owner is a user.
   */
  public String field() {
    return field;
  }
}
