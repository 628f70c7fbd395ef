package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the data lies. */
public final class DataDirectory {

  private DataDirectory() {}

  /**
   * Makes the directory of the embedded database, which would complain in words of its own, and
   * less clearly.
   *
   * @throws StartRefused if that cannot be done, or nothing can be written there
   */
  static void require(Configuration configuration) {
    if (!(configuration.storage() instanceof Storage.Jdbc jdbc) || !jdbc.isEmbedded()) {
      return;
    }
    Path directory = configuration.dataDirectory();
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new StartRefused("the data directory " + directory + " cannot be made");
    }
    if (!Files.isWritable(directory)) {
      throw new StartRefused("the data directory " + directory + " cannot be written into");
    }
  }

  /** One line for the operator. */
  public static String whereTheDataLies(Configuration configuration) {
    Storage storage = configuration.storage();
    if (storage instanceof Storage.Memory) {
      return "Data: in memory, gone when this process ends";
    }
    return storage instanceof Storage.ContainerDataSource container
        ? "Data: the container's DataSource " + container.jndiName()
        : "Data: " + storage;
  }
}
