package io.accesstokens.auth;

import io.accesstokens.verify.limit.LogLimit;
import java.lang.System.Logger.Level;

/**
 * Receives each request whose authenticated caller lacks a required scope or role, in every
 * enforcement mode. Implementations must return immediately. Exceptions of a listener are logged,
 * and have no effect on the request.
 */
@FunctionalInterface
public interface MissingPermissionListener {

  /** Called for each request whose caller lacks a required scope or role. */
  void permissionMissing(MissingPermission missing);

  /** Maximum number of lines that the listener of {@link #logging} writes per second. */
  int LOGGED_PER_SECOND = 50;

  /**
   * Returns a listener that writes one line for each missing permission to the {@link
   * System.Logger} {@code io.accesstokens.auth}. The listener writes at most {@value
   * #LOGGED_PER_SECOND} lines per second. The next written line reports the number of suppressed
   * lines.
   */
  static MissingPermissionListener logging() {
    System.Logger log = System.getLogger(MissingPermissionListener.class.getPackageName());
    LogLimit limit = new LogLimit(LOGGED_PER_SECOND);
    return missing -> limit.log(log, Level.INFO, missing.toString());
  }
}
