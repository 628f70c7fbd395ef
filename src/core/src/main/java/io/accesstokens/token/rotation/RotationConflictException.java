package io.accesstokens.token.rotation;

/** Thrown if an earlier rotation can no longer be repeated. Nothing was changed. */
public final class RotationConflictException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message the reason, for the response
   */
  public RotationConflictException(String message) {
    super(message);
  }
}
