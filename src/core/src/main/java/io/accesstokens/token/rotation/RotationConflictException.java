package io.accesstokens.token.rotation;

/**
 * Thrown if a request does not fit the current secrets of a token. Reasons:
 *
 * <ul>
 *   <li>An earlier rotation can no longer be repeated.
 *   <li>The new secret of a rotation ended before the response.
 *   <li>The current or the previous secret is not the one that the request expects.
 * </ul>
 */
public final class RotationConflictException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message the reason, for the response
   */
  public RotationConflictException(String message) {
    super(message);
  }
}
