package io.accesstokens.app;

import java.util.List;

/** Reports a problem that an operator must fix before the application can start. */
public final class StartupException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<String> lines;

  /**
   * Creates an exception with messages for the operator.
   *
   * @param lines the messages for the operator, one line per error, without secrets
   */
  public StartupException(List<String> lines) {
    super(String.join("\n", lines));
    this.lines = List.copyOf(lines);
  }

  /**
   * Creates an exception with one message for the operator. The message must not contain secrets.
   */
  public StartupException(String line) {
    this(List.of(line));
  }

  /** Creates an exception with one message for the operator and a cause. */
  public StartupException(String line, Throwable cause) {
    this(line);
    initCause(cause);
  }

  /** Returns the messages for the operator, one line per error. */
  public List<String> lines() {
    return lines;
  }
}
