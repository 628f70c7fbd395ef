package io.accesstokens.login;

import java.time.Duration;

/**
 * Thrown after too many wrong passwords for a username from an address. For some time, no password
 * is verified for this username from this address.
 */
public final class TooManySignInsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Duration wait;
  private final boolean first;

  /**
   * Creates an exception.
   *
   * @param wait the remaining time in which no password is verified
   * @param first true if this rejection is the first of several consecutive rejections
   */
  public TooManySignInsException(Duration wait, boolean first) {
    super("too many wrong passwords", null, false, false); // no stack trace, to save time
    this.wait = wait;
    this.first = first;
  }

  /** Returns the value of {@code Retry-After}: whole seconds, rounded up, at least one. */
  public long seconds() {
    return Math.max(1, wait.plusNanos(999_999_999).toSeconds());
  }

  public boolean isFirst() {
    return first;
  }
}
