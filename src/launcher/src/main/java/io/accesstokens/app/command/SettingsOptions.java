package io.accesstokens.app.command;

import io.accesstokens.app.StartupException;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.InvalidSettingsException;
import io.accesstokens.app.settings.SettingsLoader;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Command-line options that locate the settings file and the data directory. */
final class SettingsOptions {

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The settings file (default: config/access-tokens.yaml, if it exists).")
  @Nullable Path config;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where the embedded database lies (default: ./data).")
  @Nullable Path dataDir;

  /**
   * Sets a system property from a command-line option, unless the value is null. The settings
   * loader reads the property, in a command or in the web application.
   *
   * @param key the name of the setting, without the prefix {@code accessTokens.}
   */
  static void set(String key, @Nullable Object value) {
    if (value != null) {
      System.setProperty("accessTokens." + key, value.toString());
    }
  }

  /**
   * Reads the settings.
   *
   * @throws StartupException if the settings are invalid; the exception has one line for each error
   */
  Configuration load() {
    set("configFile", config);
    set("dataDir", dataDir);
    try {
      return SettingsLoader.ofProcess(Map.of()).load();
    } catch (InvalidSettingsException e) {
      throw new StartupException(e.lines());
    }
  }
}
