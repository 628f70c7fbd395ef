package io.accesstokens.app.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** A file that holds one secret, one line: what container engines call a secret and mount. */
final class SecretFile {

  private static final Pattern LINE_BREAK_AT_END = Pattern.compile("\\r?\\n\\z");

  private static final int MAXIMUM_BYTES = 4_096;

  private SecretFile() {}

  /**
   * Reads it.
   *
   * @return empty if it cannot be read, is empty, too large, or has more than one line
   */
  static Optional<Secret> read(Path file) {
    try {
      if (Files.size(file) <= MAXIMUM_BYTES) {
        // Editors and "echo" end a file with a line break that is no part of the secret.
        String text = LINE_BREAK_AT_END.matcher(Files.readString(file)).replaceFirst("");
        if (!text.isEmpty() && text.chars().noneMatch(Character::isISOControl)) {
          return Optional.of(Secret.of(text));
        }
      }
    } catch (IOException e) {
      // The same as a file that holds no secret.
    }
    return Optional.empty();
  }
}
