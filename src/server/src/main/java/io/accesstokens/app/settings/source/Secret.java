package io.accesstokens.app.settings.source;

import java.util.function.Supplier;

/**
 * The secret value of a setting. A secret must not appear in logs, messages or dumps. An instance
 * is equal only to itself.
 */
public final class Secret {

  private final Supplier<String> text;

  private Secret(Supplier<String> text) {
    this.text = text;
  }

  public static Secret of(String text) {
    return new Secret(() -> text);
  }

  /** Creates a secret whose text is the current content of a file. */
  static Secret of(SecretFile file) {
    return new Secret(file::text);
  }

  /**
   * Returns the text of the secret. If a file contains the secret, returns the current content of
   * the file. Call this method only to use the secret, and call it for each use.
   */
  public String reveal() {
    return text.get();
  }

  /** Returns a constant text without the secret. */
  @Override
  public String toString() {
    return "[secret]";
  }
}
