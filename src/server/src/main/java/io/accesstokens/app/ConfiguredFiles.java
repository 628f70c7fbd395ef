package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.directory.FileGroupDirectory;
import io.accesstokens.file.MalformedFileException;
import io.accesstokens.login.password.UsersFile;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Opens the configured files, or the sample files in this archive. */
public final class ConfiguredFiles {

  private static final String SAMPLE = "io/accesstokens/login/sample/";

  private ConfiguredFiles() {}

  /**
   * Opens the users file.
   *
   * @throws StartupException with one line per mistake in the file
   */
  public static UsersFile people(Configuration configuration) {
    Path file = configuration.usersFileOrNull();
    return orRefuse(
        () ->
            file != null
                ? UsersFile.at(file, InstantSource.system())
                : UsersFile.sample(ConfiguredFiles.class.getClassLoader(), SAMPLE + "people.yaml"));
  }

  /**
   * Opens a file of groups.
   *
   * @param file the file, or null for the sample
   * @throws StartupException with one line per mistake in the file
   */
  static FileGroupDirectory groups(@Nullable Path file) {
    return orRefuse(
        () ->
            file != null
                ? FileGroupDirectory.at(file, InstantSource.system())
                : FileGroupDirectory.ofResource(
                    ConfiguredFiles.class.getClassLoader(), SAMPLE + "groups.yaml"));
  }

  private static <T> T orRefuse(Supplier<T> opening) {
    try {
      return opening.get();
    } catch (MalformedFileException e) {
      throw new StartupException(e.problems());
    }
  }
}
