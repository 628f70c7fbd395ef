package io.accesstokens.file;

/**
 * Thrown if a text is not valid YAML. The message contains neither the number nor the content of
 * the line with the error.
 */
public final class InvalidYamlException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int line;

  InvalidYamlException(int line, String message) {
    super(message);
    this.line = line;
  }

  /** Returns the line of the error, counted from 1; 0 if the line is not known. */
  public int line() {
    return line;
  }
}
