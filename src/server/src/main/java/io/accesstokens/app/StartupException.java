package io.accesstokens.app;

import java.util.List;

/** Prevents the application from starting because of a problem that an operator can fix. */
public final class StartupException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<String> lines;

  /**
   * @param lines the messages for the operator, one line per mistake, without secrets
   */
  public StartupException(List<String> lines) {
    super(String.join("\n", lines));
    this.lines = List.copyOf(lines);
  }

  /** Creates an exception with one line, as {@link #StartupException(List)} does. */
  public StartupException(String line) {
    this(List.of(line));
  }

  /** Creates an exception with one line and a cause. */
  public StartupException(String line, Throwable cause) {
    this(line);
    initCause(cause);
  }

  /** Returns the messages for the operator, one line per mistake. */
  public List<String> lines() {
    return lines;
  }
}
