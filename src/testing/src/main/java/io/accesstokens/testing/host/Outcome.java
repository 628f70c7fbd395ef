package io.accesstokens.testing.host;

import java.util.List;

/** The exit code and the output of a command that has ended. */
public record Outcome(int exitCode, String out, String err) {

  /** Returns the lines of standard error that are not blank. */
  public List<String> errorLines() {
    return err.lines().filter(line -> !line.isBlank()).toList();
  }
}
