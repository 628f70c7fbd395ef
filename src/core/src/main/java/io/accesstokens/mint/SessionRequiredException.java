package io.accesstokens.mint;

/**
 * Thrown if the caller is not in a browser session, and the step of the flow needs a session. A
 * credential in a header is not bound to a browser.
 */
public final class SessionRequiredException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public SessionRequiredException() {
    super("this request needs a browser session; this credential is not accepted");
  }
}
