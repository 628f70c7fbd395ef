package io.accesstokens.app.settings;

import java.util.List;

/**
 * The settings cannot be used. Holds one line for each thing that is wrong: the setting, what it
 * must be, and where it stands. Lines never hold a value, for it may be a secret in a wrong place.
 */
public final class InvalidSettingsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // List.copyOf is serialisable
  private final List<String> lines;

  /**
   * @param lines at least one
   */
  public InvalidSettingsException(List<String> lines) {
    super(String.join(System.lineSeparator(), lines));
    this.lines = List.copyOf(lines);
  }

  /** What is wrong, one thing a line, without line breaks. */
  public List<String> lines() {
    return lines;
  }
}
