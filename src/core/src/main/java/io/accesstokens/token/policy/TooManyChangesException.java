package io.accesstokens.token.policy;

import java.time.Duration;

/** Thrown if a caller exceeds a limit on the rate of changes. No token was changed. */
public final class TooManyChangesException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Duration wait;

  /**
   * Creates an exception for a caller who exceeds a limit on changes.
   *
   * @param wait the time until the next change is allowed
   */
  public TooManyChangesException(Duration wait) {
    super("too many changes");
    this.wait = wait;
  }

  /**
   * Returns the time until the next change is allowed, in whole seconds, rounded up. The result is
   * at least one.
   */
  public long seconds() {
    return Math.max(1, wait.plusNanos(999_999_999).toSeconds());
  }
}
