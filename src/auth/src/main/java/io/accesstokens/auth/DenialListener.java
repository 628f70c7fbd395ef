package io.accesstokens.auth;

import io.accesstokens.verify.LogLimit;
import java.lang.System.Logger.Level;

/**
 * Is told of callers that lack what a route requires, whether the route's stage refuses them or
 * not. Must return at once. What it throws is logged, and changes nothing about the request.
 */
@FunctionalInterface
public interface DenialListener {

  /** A caller lacks something. */
  void denied(Denial denial);

  /** The number of lines that {@link #logging} writes a second. */
  int LOGGED_PER_SECOND = 50;

  /**
   * Writes a line for each to the {@link System.Logger} {@code io.accesstokens.auth}, at most
   * {@value #LOGGED_PER_SECOND} a second. The next line reports how many were left out.
   */
  static DenialListener logging() {
    System.Logger log = System.getLogger(DenialListener.class.getPackageName());
    LogLimit limit = new LogLimit(LOGGED_PER_SECOND);
    return denial -> limit.log(log, Level.INFO, denial.toString());
  }
}
