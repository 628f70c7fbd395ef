package io.accesstokens.token.policy;

import io.accesstokens.verify.EntityRef;

/** Thrown for a change in the session of another user than the one for whom the page was loaded. */
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
