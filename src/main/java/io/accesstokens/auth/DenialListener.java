package io.accesstokens.auth;

import java.lang.System.Logger.Level;

/**
 * Is told of callers that lack what a route requires, whether the route's stage refuses them or
 * not. Must return at once. What it throws is logged, and changes nothing about the request.
 */
@FunctionalInterface
public interface DenialListener {

  /** A caller lacks something. */
  void denied(Denial denial);

  /** Writes a line for each to the {@link System.Logger} {@code io.accesstokens.auth}. */
  static DenialListener logging() {
    System.Logger log = System.getLogger(DenialListener.class.getPackageName());
    return denial -> log.log(Level.INFO, denial::toString);
  }
}
