package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.directory.FileGroupDirectory;
import io.accesstokens.file.MalformedFileException;
import io.accesstokens.login.password.UsersFile;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens the configured users file and groups file. Opens the sample files of this application if no
 * files are configured.
 */
public final class ConfiguredFiles {

  private static final String SAMPLE = "io/accesstokens/login/sample/";

  private ConfiguredFiles() {}

  /**
   * Opens the configured users file, or the sample users file if none is configured.
   *
   * @throws StartupException if the file has errors; the exception has one line for each error
   */
  public static UsersFile usersFile(Configuration configuration) {
    Path file = configuration.usersFileOrNull();
    return orRefuse(
        () ->
            file != null
                ? UsersFile.at(file, InstantSource.system())
                : UsersFile.sample(ConfiguredFiles.class.getClassLoader(), SAMPLE + "people.yaml"));
  }

  /**
   * Opens a groups file.
   *
   * @param file the path of the file; null for the sample groups file
   * @throws StartupException if the file has errors; the exception has one line for each error
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
