package io.accesstokens.app.command.input;

import io.accesstokens.app.StartupException;
import io.accesstokens.app.command.logging.ProgramLog;
import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.InvalidSettingsException;
import io.accesstokens.app.settings.SettingsLoader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Command-line options for the paths of the settings file and the data directory. */
public class SettingsOptions {

  private static final Logger LOG = System.getLogger(SettingsOptions.class.getName());

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The settings file (default: config/access-tokens.yaml, if it exists).")
  @Nullable Path config;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "The directory of the embedded database (default: ./data).")
  @Nullable Path dataDir;

  /**
   * The settings of the command line, by full name. Errors in these settings name the command line
   * as their location.
   */
  private final Map<String, String> overrides = new HashMap<>();

  /**
   * Sets a setting to the value of a command-line option. Does nothing if the value is null.
   *
   * @param key the name of the setting, without the prefix {@code accessTokens.}
   */
  public final void set(String key, @Nullable Object value) {
    if (value != null) {
      overrides.put("accessTokens." + key, value.toString());
    }
  }

  /** Returns true if the command line has one of the options. */
  public final boolean areSet() {
    return config != null || dataDir != null;
  }

  /**
   * Reads the settings, applies the settings of the log, and logs the warnings about the settings.
   *
   * @throws StartupException if the settings are invalid; the exception has one line for each error
   */
  public final Configuration load() {
    Configuration configuration = loadForServer();
    configuration.warnings().forEach(line -> LOG.log(Level.WARNING, line));
    return configuration;
  }

  /** Reads the settings as {@link #load} does. The application logs the warnings later. */
  public final Configuration loadForServer() {
    set("configFile", config);
    set("dataDir", dataDir);
    try {
      Configuration configuration = SettingsLoader.ofProcess(overrides).load();
      ProgramLog.apply(configuration);
      return configuration;
    } catch (InvalidSettingsException e) {
      throw new StartupException(e.lines());
    }
  }
}
