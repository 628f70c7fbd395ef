package io.accesstokens.app.settings;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads secrets from a setting or from a file. Container engines mount secrets as files. */
final class SecretFiles {

  private final Sources sources;
  private final Path baseDirectory;

  SecretFiles(Sources sources, Path baseDirectory) {
    this.sources = sources;
    this.baseDirectory = baseDirectory;
  }

  /**
   * Returns a secret; null if there is none, or if its file cannot be read.
   *
   * @param key the setting of the secret itself; the setting of its file ends in {@code File}
   * @param what the name of the secret, for messages
   */
  @Nullable String secret(String key, String what, Optional<Secret> given, Optional<Path> file) {
    if (file.isEmpty()) {
      return given.map(Secret::reveal).orElse(null);
    }
    if (given.isPresent()) {
      sources.complain(key + "File", "excludes " + Settings.PREFIX + '.' + key);
    }
    Optional<Secret> held = SecretFile.read(baseDirectory.resolve(file.get()));
    if (held.isPresent()) {
      return held.get().reveal();
    }
    sources.complain(key + "File", "must be the path of a file that holds one line, the " + what);
    return null;
  }
}
