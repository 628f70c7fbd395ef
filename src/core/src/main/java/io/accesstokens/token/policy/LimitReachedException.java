package io.accesstokens.token.policy;

/**
 * Thrown if an owner has the maximum number of tokens that are neither revoked nor expired. Nothing
 * was changed.
 */
public final class LimitReachedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The request field that names the owning group of a service token. */
  public static final String GROUP = "groupEntityRef";

  /**
   * The name of the error field for the owning user of a personal token. No request contains this
   * field.
   */
  public static final String USER = "userEntityRef";

  private final String field;

  /**
   * @param field identifies the owner: {@link #GROUP} or {@link #USER}
   * @param maxLive the maximum number of unrevoked, unexpired tokens
   */
  public LimitReachedException(String field, int maxLive) {
    super("must not have more than " + maxLive + " tokens that are neither revoked nor expired");
    this.field = field;
  }

  /** Returns the name of the field that identifies the owner. */
  public String field() {
    return field;
  }
}
