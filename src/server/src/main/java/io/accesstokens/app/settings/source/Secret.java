package io.accesstokens.app.settings.source;

/**
 * The secret value of a setting. A secret must not appear in logs, messages or dumps. An instance
 * is equal only to itself.
 */
public final class Secret {

  private final String text;

  private Secret(String text) {
    this.text = text;
  }

  /** Creates a secret from a text. */
  public static Secret of(String text) {
    return new Secret(text);
  }

  /** Returns the text of the secret. Call this method only to use the secret. */
  public String reveal() {
    return text;
  }

  /** Returns a constant text without the secret. */
  @Override
  public String toString() {
    return "[secret]";
  }
}
