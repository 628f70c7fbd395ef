package io.accesstokens.app;

import java.util.List;

/** Something that an operator can mend keeps the application from starting. */
public final class StartRefused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<String> lines;

  /**
   * @param lines what to tell the operator, one line a mistake, without secrets
   */
  public StartRefused(List<String> lines) {
    super(String.join("\n", lines));
    this.lines = List.copyOf(lines);
  }

  /** As {@link #StartRefused(List)}, for one mistake. */
  public StartRefused(String line) {
    this(List.of(line));
  }

  /** As {@link #StartRefused(String)}, with what it comes from. */
  StartRefused(String line, Throwable cause) {
    this(line);
    initCause(cause);
  }

  /** What to tell the operator, one line a mistake. */
  public List<String> lines() {
    return lines;
  }
}
