package io.accesstokens.app.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A file that holds one secret, one line: what container engines call a secret and mount. */
final class SecretFile {

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
        String text = Files.readString(file).replaceFirst("\\r?\\n\\z", "");
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
