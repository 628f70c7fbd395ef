package io.accesstokens.app.outbound;

import java.io.IOException;

/** Thrown if a call has no usable response. The message names the reason, but no address. */
public final class FailedCallException extends IOException {

  private static final long serialVersionUID = 1L;

  public FailedCallException(String message) {
    super(message);
  }

  FailedCallException(String message, Throwable cause) {
    super(message, cause);
  }
}
