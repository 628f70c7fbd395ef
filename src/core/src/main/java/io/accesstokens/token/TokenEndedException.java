package io.accesstokens.token;

/** Thrown if the token to change is revoked or has expired. */
public final class TokenEndedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception with the reason of the end as its message.
   *
   * @param status {@link TokenStatus#REVOKED} or {@link TokenStatus#EXPIRED}
   */
  public TokenEndedException(TokenStatus status) {
    super(status == TokenStatus.REVOKED ? "the token is revoked" : "the token has expired");
  }
}
