package io.accesstokens.app;

import java.util.List;

/** Something that an operator can mend keeps the application from starting. */
public final class StartupException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<String> lines;

  /**
   * @param lines what to tell the operator, one line a mistake, without secrets
   */
  public StartupException(List<String> lines) {
    super(String.join("\n", lines));
    this.lines = List.copyOf(lines);
  }

  /** As {@link #StartupException(List)}, for one mistake. */
  public StartupException(String line) {
    this(List.of(line));
  }

  /** As {@link #StartupException(String)}, with what it comes from. */
  StartupException(String line, Throwable cause) {
    this(line);
    initCause(cause);
  }

  /** What to tell the operator, one line a mistake. */
  public List<String> lines() {
    return lines;
  }
}
