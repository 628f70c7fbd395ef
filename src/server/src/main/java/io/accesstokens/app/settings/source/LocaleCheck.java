package io.accesstokens.app.settings.source;

import java.util.Optional;

/**
 * Detects texts that the JVM could not decode. The JVM decodes environment variables, arguments and
 * the terminal with the encoding of the locale. The JVM replaces characters that it cannot decode,
 * without an error. A password would then have other characters.
 */
public final class LocaleCheck {

  private static final char REPLACEMENT = '\uFFFD';

  private LocaleCheck() {}

  /**
   * Returns an error message if the JVM has replaced a character of a text.
   *
   * @return the error message, which does not contain the text; empty if the text is complete
   */
  public static Optional<String> errorMessage(CharSequence text) {
    return text.chars().anyMatch(c -> c == REPLACEMENT)
        ? Optional.of(
            "has a character that the locale of this process cannot represent: set LC_ALL=C.UTF-8")
        : Optional.empty();
  }
}
