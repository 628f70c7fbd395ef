package io.accesstokens.mint;

/** Only somebody in a session can do this: a credential in a header is bound to no browser. */
public final class SessionRequiredException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public SessionRequiredException() {
    super("this needs a session in a browser, not another credential");
  }
}
