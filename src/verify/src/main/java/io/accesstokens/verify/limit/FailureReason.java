package io.accesstokens.verify.limit;

import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.security.GeneralSecurityException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * Describes the failure of a connection for log lines and messages. The description has the names
 * of exceptions, and their messages only if a message cannot quote the response of a server.
 */
public final class FailureReason {

  private static final Pattern CONTROLS =
      Pattern.compile("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]");

  /** The beginning of the JDK's message if a proxy opens no tunnel. Only the status follows. */
  private static final String NO_TUNNEL = "Tunnel failed, got: ";

  private FailureReason() {}

  /**
   * Returns the class names of a failure and of its root cause, and at most one message. If the
   * message of the root cause cannot be used, uses the message of the failure. If the failure has
   * no cause, the result is that of {@link #ofOne}.
   */
  public static String of(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    if (root == e) {
      return ofOne(e);
    }
    return message(root).isEmpty()
        ? ofOne(e) + ", " + ofOne(root)
        : e.getClass().getSimpleName() + ": " + ofOne(root);
  }

  /**
   * Returns a description of a failure without its causes: the class name, and the message if it
   * cannot quote a response.
   */
  public static String ofOne(Throwable e) {
    return e.getClass().getSimpleName() + message(e);
  }

  /**
   * Returns the message of a failure, after a colon. Returns an empty text if there is no message,
   * or if the message can quote the response.
   */
  private static String message(Throwable e) {
    String text = e.getMessage();
    if (text == null) {
      return "";
    }
    boolean isSafe =
        e instanceof SSLException
            || e instanceof GeneralSecurityException
            || e instanceof ConnectException
            || e instanceof HttpTimeoutException
            || text.startsWith(NO_TUNNEL);
    return isSafe ? CONTROLS.matcher(": " + text).replaceAll("?") : "";
  }
}
