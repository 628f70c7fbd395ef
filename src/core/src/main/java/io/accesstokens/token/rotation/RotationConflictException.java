package io.accesstokens.token.rotation;

/**
 * Thrown if a request does not fit the current secrets of a token: an earlier rotation can no
 * longer be repeated, the new secret of a rotation ended before its response, or the secret is not
 * the one that the request expects.
 */
public final class RotationConflictException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message the reason, for the response
   */
  public RotationConflictException(String message) {
    super(message);
  }
}
