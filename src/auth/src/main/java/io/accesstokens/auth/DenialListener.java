package io.accesstokens.auth;

import io.accesstokens.verify.LogLimit;
import java.lang.System.Logger.Level;

/**
 * Receives each request of a caller that lacks a required scope or role, whether the stage denies
 * it or not. Must return at once. Its exceptions are logged and never fail a request.
 */
@FunctionalInterface
public interface DenialListener {

  /** Called when a caller lacks a scope or role. */
  void denied(Denial denial);

  /** The maximum number of lines that {@link #logging} writes in one second. */
  int LOGGED_PER_SECOND = 50;

  /**
   * Returns a listener that writes one line for each denial to the {@link System.Logger} {@code
   * io.accesstokens.auth}. It writes at most {@value #LOGGED_PER_SECOND} lines a second, and the
   * next line reports how many were suppressed.
   */
  static DenialListener logging() {
    System.Logger log = System.getLogger(DenialListener.class.getPackageName());
    LogLimit limit = new LogLimit(LOGGED_PER_SECOND);
    return denial -> limit.log(log, Level.INFO, denial.toString());
  }
}
