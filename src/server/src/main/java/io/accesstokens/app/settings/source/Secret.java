package io.accesstokens.app.settings.source;

/**
 * A setting that must not appear in logs, messages or dumps. Instances are equal only if identical.
 */
public final class Secret {

  private final String text;

  private Secret(String text) {
    this.text = text;
  }

  /** Wraps a text. */
  public static Secret of(String text) {
    return new Secret(text);
  }

  /** Returns the secret itself. Call this only to present or use the secret. */
  public String reveal() {
    return text;
  }

  /** Returns a constant text without the secret. */
  @Override
  public String toString() {
    return "[secret]";
  }
}
