package io.accesstokens.token.policy;

import io.accesstokens.verify.EntityRef;

/**
 * Thrown if the signed-in user is not the user for whom the page was loaded. The change is refused.
 */
public final class OtherUserException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param user the user of the session
   */
  public OtherUserException(EntityRef user) {
    super("this browser is now signed in as " + user + ": reload the page");
  }
}
