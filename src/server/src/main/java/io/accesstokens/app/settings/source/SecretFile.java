package io.accesstokens.app.settings.source;

import io.accesstokens.file.FileErrors;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * A file that contains a secret in one line, as container engines mount their secrets.
 *
 * <p>The file is read again for each use of the secret. Therefore, a change of the file has an
 * effect without a restart. If a changed file cannot be used, the last valid content stays in use,
 * and an error is logged once. Thread-safe.
 */
final class SecretFile {

  /** The maximum file size in bytes. */
  static final int MAX_BYTES = 4_096;

  private static final Logger LOG = System.getLogger(SecretFile.class.getName());

  private static final Pattern LINE_BREAK_AT_END = Pattern.compile("\\r?\\n\\z");

  private final String setting;
  private final Path configuredPath;
  private final Path file;
  private boolean wasRead; // guarded by this object
  private String text; // guarded by this object
  private String lastError = ""; // guarded by this object

  /**
   * Reads the file.
   *
   * @param setting the full name of the setting that names the file, for messages
   * @param baseDirectory the directory against which a relative path is resolved
   * @param configuredPath the path in the setting
   * @throws IllegalArgumentException if the file cannot be used; the message names the file and the
   *     reason, and contains no part of the content
   */
  SecretFile(String setting, Path baseDirectory, Path configuredPath) {
    this.setting = setting;
    this.configuredPath = configuredPath;
    this.file = baseDirectory.resolve(configuredPath);
    this.text = read();
    this.wasRead = true;
  }

  /** Returns the secret in the file, or the last valid secret if the file cannot be used now. */
  synchronized String text() {
    try {
      text = read();
      if (!lastError.isEmpty()) {
        lastError = "";
        LOG.log(Level.INFO, "recovered: the file of {0} can be read", setting);
      }
    } catch (IllegalArgumentException e) {
      String error = String.valueOf(e.getMessage());
      if (!error.equals(lastError)) {
        lastError = error;
        LOG.log(
            Level.ERROR,
            "{0} cannot be read again, so the former secret stays in use: {1}",
            setting,
            error);
      }
    }
    return text;
  }

  /** Reads the file again, and returns true if it can be used. */
  synchronized boolean isUsable() {
    var unused = text();
    return lastError.isEmpty();
  }

  private String read() {
    byte[] bytes;
    try {
      // A pipe or a device would block the thread forever.
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw unusable("is not a regular file");
      }
      try (InputStream in = Files.newInputStream(file)) {
        bytes = in.readNBytes(MAX_BYTES + 1);
      }
    } catch (IOException e) {
      throw unusable(FileErrors.reasonOf(e));
    }
    if (bytes.length > MAX_BYTES) {
      throw unusable("has more than " + MAX_BYTES + " bytes");
    }
    try {
      // Editors and the command "echo" append a line break to a file. This line break is not part
      // of the secret.
      String line =
          LINE_BREAK_AT_END
              .matcher(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)))
              .replaceFirst("");
      if (line.isEmpty()) {
        throw unusable("is empty");
      }
      if (line.chars().anyMatch(Character::isISOControl)) {
        throw unusable("has more than one line, or control characters");
      }
      return line;
    } catch (CharacterCodingException e) {
      throw unusable("is not UTF-8");
    }
  }

  private IllegalArgumentException unusable(String reason) {
    return new IllegalArgumentException("must name a file with one line: " + name() + ' ' + reason);
  }

  /**
   * Returns the path of the file, for messages. An operator can enter the secret itself instead of
   * a path. Therefore, this method returns a constant text if all of these conditions are true:
   *
   * <ul>
   *   <li>the file was never read
   *   <li>the file does not exist
   *   <li>the path in the setting names no existing folder
   * </ul>
   */
  private String name() {
    boolean isPath =
        wasRead
            || Files.exists(file)
            || (configuredPath.getNameCount() > 1 && Files.isDirectory(file.resolveSibling("")));
    return isPath ? ValidationErrors.printable(file.toString()) : "the file";
  }
}
