package io.accesstokens.app.settings;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The sources of settings for one test. */
final class SettingsFixture {

  private final Path workingDirectory;
  private final Map<String, String> overrides = new HashMap<>();
  private final Map<String, String> properties = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();

  SettingsFixture(Path workingDirectory) {
    this.workingDirectory = workingDirectory;
  }

  SettingsFixture override(String name, String value) {
    overrides.put(name, value);
    return this;
  }

  SettingsFixture property(String name, String value) {
    properties.put(name, value);
    return this;
  }

  SettingsFixture variable(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /**
   * Sets a groups file. Without a groups file, users other than the sample users cause a warning.
   */
  SettingsFixture groups() {
    try {
      Path file = Files.writeString(workingDirectory.resolve("groups.yaml"), "");
      return variable("ACCESSTOKENS_DIRECTORY_GROUPSFILE", file.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  SettingsFixture file(String text) {
    return file(text.getBytes(StandardCharsets.UTF_8));
  }

  SettingsFixture file(byte[] content) {
    try {
      Path file = workingDirectory.resolve(SettingsLoader.DEFAULT_FILE);
      Files.createDirectories(file.getParent());
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  Configuration load() {
    return new SettingsLoader(overrides, properties, environment, workingDirectory).load();
  }

  List<String> lines() {
    return assertThrows(InvalidSettingsException.class, this::load).lines();
  }
}
