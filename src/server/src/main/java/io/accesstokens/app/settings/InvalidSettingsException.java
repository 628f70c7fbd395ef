package io.accesstokens.app.settings;

import java.util.List;

/**
 * Reports that the settings cannot be used.
 *
 * <p>It contains one line for each error: the setting, the rule, and the location. Lines never
 * contain a value, because it may be a secret in the wrong setting.
 */
public final class InvalidSettingsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // List.copyOf returns a serializable list
  private final List<String> lines;

  /**
   * @param lines the errors; at least one
   */
  public InvalidSettingsException(List<String> lines) {
    super(String.join(System.lineSeparator(), lines));
    this.lines = List.copyOf(lines);
  }

  /** Returns the errors. Each is one line, without line breaks. */
  public List<String> lines() {
    return lines;
  }
}
