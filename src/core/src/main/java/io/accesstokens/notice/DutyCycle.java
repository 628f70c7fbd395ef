package io.accesstokens.notice;

import java.time.Duration;

/**
 * Limits the load of a background job. After each step of its work, the job pauses for a multiple
 * of the duration of the step. During the pause, the processors and the database are free for
 * requests.
 */
public enum DutyCycle {
  /** The job works without pauses. */
  CONTINUOUS(0, Duration.ZERO),

  /**
   * The job works about a tenth of the time. If a step takes longer than a ninth of a second, the
   * share is larger, because the pause after a step is at most one second.
   */
  TENTH(9, Duration.ofMillis(1_500));

  /**
   * Maximum pause. The pause is a multiple of the duration of the step before it. Without a
   * maximum, one slow step would cause a very long pause.
   */
  private static final Duration MAX_PAUSE = Duration.ofSeconds(1);

  private final int pauseFactor;
  private final Duration failurePause;

  DutyCycle(int pauseFactor, Duration failurePause) {
    this.pauseFactor = pauseFactor;
    this.failurePause = failurePause;
  }

  /**
   * Pauses the calling thread after a step of its work. If the thread is interrupted, the method
   * returns at once, and the thread stays interrupted.
   *
   * @param began the value of {@link System#nanoTime()} at the beginning of the step
   */
  void pauseAfter(long began) {
    pause(pauseAfter(Duration.ofNanos(System.nanoTime() - began)));
  }

  /**
   * Pauses the calling thread after a failed request to a directory. {@link #CONTINUOUS} does not
   * pause. {@link #TENTH} pauses for longer than one second, because the connection to a Backstage
   * catalog refuses all requests for one second after a failure. Without this pause, the request
   * for the next owner would fail too. An interrupt has the same effect as in {@link
   * #pauseAfter(long)}.
   */
  void pauseAfterFailure() {
    pause(failurePause);
  }

  private static void pause(Duration pause) {
    if (pause.isZero()) {
      return;
    }
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Returns the duration of the pause after a step.
   *
   * @param step the duration of the step
   */
  Duration pauseAfter(Duration step) {
    Duration pause = step.multipliedBy(pauseFactor);
    return pause.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : pause;
  }
}
