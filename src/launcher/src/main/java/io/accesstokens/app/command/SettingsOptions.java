package io.accesstokens.app.command;

import io.accesstokens.app.StartupException;
import io.accesstokens.app.command.log.ProgramLog;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.InvalidSettingsException;
import io.accesstokens.app.settings.SettingsLoader;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Command-line options for the paths of the settings file and the data directory. */
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
   * Sets the system property of a setting to the value of a command-line option. Does nothing if
   * the value is null. The command and the web application each load the settings, and both read
   * this property.
   *
   * @param key the name of the setting, without the prefix {@code accessTokens.}
   */
  static void set(String key, @Nullable Object value) {
    if (value != null) {
      System.setProperty("accessTokens." + key, value.toString());
    }
  }

  /**
   * Reads the settings, and applies the settings of the log.
   *
   * @throws StartupException if the settings are invalid; the exception has one line for each error
   */
  Configuration load() {
    set("configFile", config);
    set("dataDir", dataDir);
    try {
      Configuration configuration = SettingsLoader.ofProcess(Map.of()).load();
      ProgramLog.apply(configuration);
      return configuration;
    } catch (InvalidSettingsException e) {
      throw new StartupException(e.lines());
    }
  }
}
