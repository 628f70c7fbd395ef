package io.accesstokens.app.settings;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/** Contains the settings of one source by their full names, each with its location. */
final class SettingsSource implements ConfigSource {

  private final String name;
  private final int ordinal;
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, String> places = new LinkedHashMap<>();

  /**
   * @param ordinal the priority; the highest source has the highest number
   */
  SettingsSource(String name, int ordinal) {
    this.name = name;
    this.ordinal = ordinal;
  }

  /** Adds a value, unless it is blank. A blank value is treated as absent. */
  void add(String key, String value, String place) {
    if (!value.isBlank()) {
      values.put(key, value);
      places.put(key, place);
    }
  }

  void remove(String key) {
    values.remove(key);
  }

  Map<String, String> places() {
    return places;
  }

  @Override
  public Map<String, String> getProperties() {
    return values;
  }

  @Override
  public Set<String> getPropertyNames() {
    return values.keySet();
  }

  @Override
  public @Nullable String getValue(String key) {
    return values.get(key);
  }

  @Override
  public String getName() {
    return name;
  }

  @Override
  public int getOrdinal() {
    return ordinal;
  }

  /** Returns only the name, because values can be secrets. */
  @Override
  public String toString() {
    return name;
  }
}
