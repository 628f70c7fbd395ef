package io.accesstokens.app.settings;

import io.accesstokens.app.settings.Schema.Leaf;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Combines all sources: selects the value that applies, validates its type, and finds its location.
 */
final class Sources {

  private static final Pattern LAST_INDEX = Pattern.compile("\\[[0-9]++]\\z");

  /**
   * Matches a backslash before a line break. In a list that is written as one text, the text before
   * it would be lost silently.
   */
  private static final Pattern LOST = Pattern.compile("\\\\[\n\r\u0085\u2028\u2029]");

  private final Schema schema;
  private final ValidationErrors findings;
  private final List<SettingsSource> sources;
  private final SettingsSource substitutes = new SettingsSource("substitutes", 1_000);

  /**
   * @param sources the sources, highest first
   */
  Sources(Schema schema, ValidationErrors findings, List<SettingsSource> sources) {
    this.schema = schema;
    this.findings = findings;
    this.sources = sources;
    keepWholeLists();
  }

  /** Removes a list from a source if a higher source has it, too. */
  private void keepWholeLists() {
    Map<String, SettingsSource> owners = new HashMap<>();
    for (SettingsSource source : sources) {
      for (String key : Set.copyOf(source.getPropertyNames())) {
        Optional<String> list = schema.listOf(key);
        if (list.isPresent() && owners.computeIfAbsent(list.get(), l -> source) != source) {
          source.remove(key);
        }
      }
    }
  }

  /**
   * Converts the values to typed settings. A wrong value is reported and left out, so that the
   * rules can report further errors.
   */
  Settings toSettings() {
    NavigableMap<String, String> effective = new TreeMap<>();
    for (SettingsSource source : sources) {
      source.getProperties().forEach(effective::putIfAbsent);
    }
    effective.forEach(this::checkType);
    checkLists(effective.keySet());
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder()
            .forClassLoader(Settings.class.getClassLoader())
            .withMapping(Settings.class)
            .withValidateUnknown(false)
            .withSources(substitutes);
    sources.forEach(builder::withSources);
    return builder.build().getConfigMapping(Settings.class);
  }

  private void checkType(String key, String value) {
    Optional<String> complaint =
        schema.isList(key) && LOST.matcher(value).find()
            ? Optional.of("must have no backslash at the end of a line")
            : schema.leaf(key).flatMap(leaf -> complaint(leaf, value));
    if (complaint.isPresent()) {
      complainOf(key, complaint.get());
      sources.forEach(source -> source.remove(key));
    }
  }

  private static Optional<String> complaint(Leaf leaf, String value) {
    Class<?> type = leaf.type();
    if (type == int.class) {
      return wholeNumber(leaf.bounds(), value);
    }
    if (type == boolean.class) {
      String lower = value.strip().toLowerCase(Locale.ROOT);
      boolean known = lower.equals("true") || lower.equals("false");
      return known ? Optional.empty() : Optional.of("must be true or false");
    }
    if (type == Replicas.class) {
      boolean known = value.equals("single") || value.equals("many");
      return known ? Optional.empty() : Optional.of("must be single or many");
    }
    if (type == OnStoreOutage.class) {
      boolean known = value.equals("refuse") || value.equals("serve-cached");
      return known ? Optional.empty() : Optional.of("must be refuse or serve-cached");
    }
    try {
      if (type == URI.class) {
        var unused = new URI(value);
      } else if (type == Path.class) {
        var unused = Path.of(value);
      }
    } catch (URISyntaxException e) {
      return Optional.of("must be a URL");
    } catch (InvalidPathException e) {
      return Optional.of("must be a path");
    }
    return Optional.empty();
  }

  private static Optional<String> wholeNumber(@Nullable Bounds bounds, String value) {
    int min = bounds == null ? Integer.MIN_VALUE : bounds.min();
    int max = bounds == null ? Integer.MAX_VALUE : bounds.max();
    try {
      int number = Integer.parseInt(value.strip());
      if (number >= min && number <= max) {
        return Optional.empty();
      }
    } catch (NumberFormatException e) {
      // The error is the same as for a number out of bounds.
    }
    return Optional.of("must be a whole number from " + min + " to " + max);
  }

  /** Reports gaps in the indexes of lists, and elements without a required setting. */
  private void checkLists(Set<String> keys) {
    Map<String, Set<Integer>> lists = new TreeMap<>();
    for (String key : keys) {
      for (int at = key.indexOf('['); at >= 0; at = key.indexOf('[', at + 1)) {
        int index = Integer.parseInt(key.substring(at + 1, key.indexOf(']', at)));
        lists.computeIfAbsent(key.substring(0, at), k -> new TreeSet<>()).add(index);
      }
    }
    lists.forEach(
        (list, indexes) -> {
          // If a source has both forms, the elements apply.
          sources.forEach(source -> source.remove(list));
          int expected = 0;
          for (int index : indexes) {
            String element = list + '[' + index + ']';
            if (index != expected++) {
              complainOf(element, "the list has no element before this one");
              expected = index + 1;
            }
            addMissing(element, keys);
          }
        });
  }

  private void addMissing(String element, Set<String> keys) {
    for (String name : schema.requiredBelow(element)) {
      String key = element + '.' + name;
      if (!keys.contains(key)) {
        complainOf(key, "is required");
        substitutes.add(key, "missing", "nowhere");
      }
    }
  }

  /**
   * Reports an error in a setting, with its location.
   *
   * @param path the name of the setting without the common prefix
   */
  void complain(String path, String complaint) {
    complainOf(full(path), complaint);
  }

  /**
   * Reports a warning for a setting that is unusual, but may be intended.
   *
   * @param path the name of the setting without the common prefix
   */
  void warn(String path, String remark) {
    findings.warn(full(path), remark);
  }

  private void complainOf(String key, String complaint) {
    Optional<String> place = placeOf(key);
    if (place.isPresent()) {
      findings.add(key, complaint, place.get());
    } else {
      findings.add(key, complaint);
    }
  }

  /** Returns true if a source contains the setting. */
  boolean isGiven(String path) {
    return placeOf(full(path)).isPresent();
  }

  /** Returns true if no error was reported for the setting or for a setting below it. */
  boolean isClean(String path) {
    return findings.isClean(full(path));
  }

  private static String full(String path) {
    return Settings.PREFIX + '.' + path;
  }

  /**
   * Returns the location of a setting. If it has none, returns that of its list, or of another
   * setting of the same element.
   */
  private Optional<String> placeOf(String key) {
    Optional<String> exact = firstPlace(key, false);
    if (exact.isPresent() || !key.contains("[")) {
      return exact;
    }
    return firstPlace(key + '[', true)
        .or(() -> firstPlace(LAST_INDEX.matcher(key).replaceFirst(""), false))
        .or(() -> firstPlace(key.substring(0, key.indexOf(']') + 1) + '.', true));
  }

  private Optional<String> firstPlace(String key, boolean asStart) {
    for (SettingsSource source : sources) {
      for (Map.Entry<String, String> place : source.places().entrySet()) {
        if (asStart ? place.getKey().startsWith(key) : place.getKey().equals(key)) {
          return Optional.of(place.getValue());
        }
      }
    }
    return Optional.empty();
  }
}
