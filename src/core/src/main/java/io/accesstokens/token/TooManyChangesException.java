package io.accesstokens.token;

import java.time.Duration;

/** A user makes and revokes personal tokens faster than they may. Nothing was changed. */
public final class TooManyChangesException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Duration wait;

  /**
   * @param wait until the next write is let through
   */
  public TooManyChangesException(Duration wait) {
    super("too many personal tokens are made or revoked");
    this.wait = wait;
  }

  /** How long to wait, in whole seconds, at least one. */
  public long seconds() {
    return Math.max(1, wait.plusMillis(999).toSeconds());
  }
}
