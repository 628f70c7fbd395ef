package io.accesstokens.app.settings;

import java.util.List;

/**
 * Reports that the settings cannot be used.
 *
 * <p>The exception contains one line for each error. A line names the setting, the rule and the
 * location. A line never contains the value of a setting, because an operator can enter a secret in
 * the wrong setting.
 */
public final class InvalidSettingsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // List.copyOf returns a serializable list
  private final List<String> lines;

  /**
   * Creates an exception for wrong settings.
   *
   * @param lines the errors, one line for each error; at least one line
   */
  public InvalidSettingsException(List<String> lines) {
    super(String.join(System.lineSeparator(), lines));
    this.lines = List.copyOf(lines);
  }

  /** Returns the errors. Each error is one line without line breaks. */
  public List<String> lines() {
    return lines;
  }
}
