package io.accesstokens.log;

/** Thrown if data of a log is malformed or contradicts other data of the log. */
public final class LogFormatException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public LogFormatException(String message) {
    super(message);
  }

  public LogFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
