package io.accesstokens.app.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads a file that contains one secret in one line. Container engines mount secrets as such files.
 */
final class SecretFile {

  private static final Pattern LINE_BREAK_AT_END = Pattern.compile("\\r?\\n\\z");

  private static final int MAXIMUM_BYTES = 4_096;

  private SecretFile() {}

  /**
   * Reads the secret.
   *
   * @return empty if the file cannot be read, is empty, is too large, or has more than one line
   */
  static Optional<Secret> read(Path file) {
    try {
      if (Files.size(file) <= MAXIMUM_BYTES) {
        // Editors and "echo" end a file with a line break that is not part of the secret.
        String text = LINE_BREAK_AT_END.matcher(Files.readString(file)).replaceFirst("");
        if (!text.isEmpty() && text.chars().noneMatch(Character::isISOControl)) {
          return Optional.of(Secret.of(text));
        }
      }
    } catch (IOException e) {
      // The result is the same as for a file without a secret.
    }
    return Optional.empty();
  }
}
