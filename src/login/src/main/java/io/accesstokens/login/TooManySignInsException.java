package io.accesstokens.login;

import java.time.Duration;

/** Too many wrong passwords were tried for a name from an address: none is checked for a while. */
final class TooManySignInsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Duration wait;
  private final boolean first;

  /**
   * @param wait how long none is checked
   * @param first whether this is the first time, of a row of them
   */
  TooManySignInsException(Duration wait, boolean first) {
    super("too many wrong passwords", null, false, false); // a flood of them is not worth the trace
    this.wait = wait;
    this.first = first;
  }

  /** For {@code Retry-After}: whole seconds, rounded up, one at least. */
  long seconds() {
    return Math.max(1, wait.plusNanos(999_999_999).toSeconds());
  }

  boolean isFirst() {
    return first;
  }
}
