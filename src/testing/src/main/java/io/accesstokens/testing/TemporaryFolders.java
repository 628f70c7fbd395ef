package io.accesstokens.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Removes folders that tests have created. */
public final class TemporaryFolders {

  private TemporaryFolders() {}

  /** Removes a folder. Ignores files that another process has removed or still uses. */
  public static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException | UncheckedIOException e) {
      // Another process has already removed the files.
    }
  }
}
