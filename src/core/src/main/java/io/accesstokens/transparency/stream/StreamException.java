package io.accesstokens.transparency.stream;

import java.time.Duration;

/** Thrown if a target has not accepted entries. The message contains no secret. */
public final class StreamException extends Exception {

  private static final long serialVersionUID = 1L;

  private final Duration pause;

  public StreamException(String message) {
    this(message, Duration.ZERO);
  }

  /**
   * Creates an exception.
   *
   * @param pause the minimum time until the next attempt, which the target requested or the sender
   *     chose; can be zero
   */
  public StreamException(String message, Duration pause) {
    super(message);
    this.pause = pause;
  }

  /** Returns the minimum time until the next attempt. */
  Duration pause() {
    return pause;
  }
}
