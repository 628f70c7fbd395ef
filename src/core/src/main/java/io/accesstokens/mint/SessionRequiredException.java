package io.accesstokens.mint;

/**
 * Thrown if the caller is not in a browser session. A credential in a header is not accepted,
 * because it is not bound to a browser.
 */
public final class SessionRequiredException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public SessionRequiredException() {
    super("this request needs a browser session; other credentials are not accepted");
  }
}
