package io.accesstokens.verify.limit;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Logs the failures of repeated work, and the first success after them. This class is thread-safe.
 *
 * <p>Limits:
 *
 * <ul>
 *   <li>The same failure is logged at most once a minute, and at most ten different failures in a
 *       minute. A logged success resets these two limits.
 *   <li>After five logged successes in a minute, the next success is logged only if the last
 *       failure was at least ten seconds ago.
 * </ul>
 */
public final class OutageLog {

  private static final int MAX_FAILURES = 10;
  private static final int MAX_ENDS = 5;
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
  private static final long QUIET = TimeUnit.SECONDS.toNanos(10);

  private final Logger log;
  private final LongSupplier nanoTime;

  /**
   * The times of the failures logged in the last minute, by the text of the failure. Guarded by
   * this.
   */
  private final Map<String, Long> logged = new HashMap<>();

  /**
   * Written only while the lock of this object is held. A success first reads the field without the
   * lock, and takes the lock only if the value is true.
   */
  private volatile boolean failing;

  private long failedAt; // guarded by this

  /** The times of the successes logged in the last minute. Guarded by this. */
  private final List<Long> ends = new ArrayList<>();

  /** Creates an outage log that writes its lines to {@code log}. The log has no failures yet. */
  public OutageLog(Logger log) {
    this(log, System::nanoTime);
  }

  OutageLog(Logger log, LongSupplier nanoTime) {
    this.log = log;
    this.nanoTime = nanoTime;
  }

  /** Reports a failure. Failures with the same message count as the same failure. */
  public void reportFailure(Level severity, String message) {
    reportFailure(severity, message, null);
  }

  /**
   * Reports a failure. Failures with the same message and the same cause text count as the same
   * failure.
   *
   * @param cause the exception whose stack trace is logged; null for none
   */
  public synchronized void reportFailure(
      Level severity, String message, @Nullable Throwable cause) {
    long now = nanoTime.getAsLong();
    failing = true;
    failedAt = now;
    logged.values().removeIf(at -> now - at >= MINUTE);
    String failure = cause == null ? message : message + ' ' + cause;
    if (logged.size() < MAX_FAILURES && !logged.containsKey(failure)) {
      log.log(severity, message, cause); // can fail, for example because the disk is full
      logged.put(failure, now);
    }
  }

  /**
   * Reports a success.
   *
   * @param message the line that is logged if the failures have ended
   */
  public void reportSuccess(String message) {
    if (failing) {
      endFailures(message);
    }
  }

  private synchronized void endFailures(String message) {
    if (!failing) {
      return;
    }
    long now = nanoTime.getAsLong();
    ends.removeIf(at -> now - at >= MINUTE);
    if (ends.size() < MAX_ENDS || now - failedAt >= QUIET) {
      failing = false;
      logged.clear(); // The next failure is a new outage.
      ends.add(now);
      log.log(Level.INFO, message);
    }
  }
}
