package io.accesstokens.backstage;

/**
 * Thrown if the plugin's database cannot be read with the given options. The message is one line
 * without secrets.
 */
public final class SourceRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SourceRefusedException(String message) {
    super(message);
  }
}
