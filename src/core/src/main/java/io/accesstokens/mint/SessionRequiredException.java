package io.accesstokens.mint;

/**
 * Thrown if a step of a flow needs a browser session, and the caller has none. A credential in a
 * header is not enough, because it is not bound to a browser.
 */
public final class SessionRequiredException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public SessionRequiredException() {
    super("this request needs a browser session; this credential is not accepted");
  }
}
