package io.accesstokens.app.settings;

import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.source.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads secrets from settings or from files. */
final class SecretFiles {

  private static final Pattern LINE_BREAK_AT_END = Pattern.compile("\\r?\\n\\z");

  private static final int MAXIMUM_BYTES = 4_096;

  private final Sources sources;
  private final Path baseDirectory;

  SecretFiles(Sources sources, Path baseDirectory) {
    this.sources = sources;
    this.baseDirectory = baseDirectory;
  }

  /**
   * Returns a secret; null if no secret is configured. If the file of the secret cannot be used,
   * reports an error and returns null.
   *
   * @param key the name of the setting that contains the secret; the setting for the file has the
   *     suffix {@code File}
   * @param what the name of the secret in error messages
   * @param given the secret from the setting
   * @param file the file from the setting
   */
  @Nullable String secret(String key, String what, Optional<Secret> given, Optional<Path> file) {
    if (file.isEmpty()) {
      return given.map(Secret::reveal).orElse(null);
    }
    if (given.isPresent()) {
      sources.reportError(key + "File", "excludes " + Settings.PREFIX + '.' + key);
    }
    Optional<Secret> held = read(baseDirectory.resolve(file.get()));
    if (held.isPresent()) {
      return held.get().reveal();
    }
    sources.reportError(
        key + "File", "must be the path of a file that holds one line, the " + what);
    return null;
  }

  /**
   * Reads a secret from a file.
   *
   * @return the secret; empty if the file cannot be read, is empty, is too large, or has more than
   *     one line
   */
  private static Optional<Secret> read(Path file) {
    try {
      if (Files.size(file) <= MAXIMUM_BYTES) {
        // Editors and the command "echo" append a line break to a file. This line break is not part
        // of the secret.
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
