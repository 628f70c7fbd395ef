package io.accesstokens.app.command;

import io.accesstokens.app.StartupException;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.InvalidSettingsException;
import io.accesstokens.app.settings.SettingsLoader;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that locate the settings. */
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
   * Passes an option as a system property to the settings loader, here or in the web application.
   */
  static void set(String key, @Nullable Object value) {
    if (value != null) {
      System.setProperty("accessTokens." + key, value.toString());
    }
  }

  /**
   * Reads the settings.
   *
   * @throws StartupException if the settings are invalid, with one line for each error
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
