package io.accesstokens.app.command.logging;

import org.apache.catalina.connector.ClientAbortException;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes exceptions that clients cause. Clients can cause any number of these exceptions, and
 * an operator cannot prevent them.
 */
final class ClientErrors {

  private static final int MAX_CAUSES = 20;

  /**
   * The Tomcat class that throws an exception if a client sends data while the server ends the
   * request.
   */
  private static final String ASYNC_STATE = "org.apache.coyote.AsyncStateMachine";

  private ClientErrors() {}

  /** Returns true if the client closed its connection, or sent data after its deadline. */
  static boolean isCausedByClient(@Nullable Throwable thrown) {
    Throwable cause = thrown;
    for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
      if (cause instanceof ClientAbortException || isLateData(cause)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private static boolean isLateData(Throwable thrown) {
    StackTraceElement[] frames = thrown.getStackTrace();
    return thrown instanceof IllegalStateException
        && frames.length > 0
        && frames[0].getClassName().equals(ASYNC_STATE)
        && frames[0].getMethodName().equals("asyncOperation");
  }
}
