package io.accesstokens.backstage;

/** The plugin's database cannot be read as it was named. The message is one line, no secrets. */
public final class SourceRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SourceRefusedException(String message) {
    super(message);
  }
}
