package io.accesstokens.backstage;

/** The plugin's database cannot be read as it was named. The message is one line, no secrets. */
public final class SourceRefused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SourceRefused(String message) {
    super(message);
  }
}
