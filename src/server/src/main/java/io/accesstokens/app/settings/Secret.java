package io.accesstokens.app.settings;

/** A setting that no log, message or dump may show. Compared by identity only. */
public final class Secret {

  private final String text;

  private Secret(String text) {
    this.text = text;
  }

  /** Wraps the text; settings are converted by this method. */
  public static Secret of(String text) {
    return new Secret(text);
  }

  /** The secret itself, for the one who must present it. */
  public String reveal() {
    return text;
  }

  /** Says nothing. */
  @Override
  public String toString() {
    return "[secret]";
  }
}
