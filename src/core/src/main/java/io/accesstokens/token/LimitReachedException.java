package io.accesstokens.token;

/** There are as many live tokens of one owner as there may be. Nothing was changed. */
public final class LimitReachedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The field of a request that names the group to which a service token will belong. */
  public static final String GROUP = "groupEntityRef";

  /** What stands for the user whose personal token it would be; no field of a request. */
  public static final String USER = "userEntityRef";

  private final String field;

  /**
   * @param field names the owner: {@link #GROUP} or {@link #USER}
   * @param mostLive how many there may be
   */
  public LimitReachedException(String field, int mostLive) {
    super("must not have more than " + mostLive + " tokens that are neither revoked nor expired");
    this.field = field;
  }

  /** The field that names the owner; the message says what is asked of it. */
  public String field() {
    return field;
  }
}
