package io.accesstokens.app.settings;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/** Settings of one source, by full name, each with the place where it stands. */
final class SettingsSource implements ConfigSource {

  private final String name;
  private final int ordinal;
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, String> places = new LinkedHashMap<>();

  /**
   * @param ordinal the highest source has the highest
   */
  SettingsSource(String name, int ordinal) {
    this.name = name;
    this.ordinal = ordinal;
  }

  /** Adds a value, unless it is blank, which equals an absent one. */
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

  /** The name only. */
  @Override
  public String toString() {
    return name;
  }
}
