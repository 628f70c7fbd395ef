package io.accesstokens.app.settings.source;

import io.accesstokens.file.FileErrors;
import io.accesstokens.verify.AddressRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Combines the settings of all sources. For each setting, this class selects the value with the
 * highest priority, validates its type, and finds its location.
 */
public final class Sources {

  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:%\\[\\]-]{1,255}");

  private final Schema schema;
  private final ValidationErrors errors;
  private final List<Map<String, Value>> sources;
  private final Path baseDirectory;
  private final Map<String, BooleanSupplier> watchedFiles = new TreeMap<>();

  /**
   * Combines the settings of all sources.
   *
   * @param errors receives the errors and warnings
   * @param sources the settings of each source, by full name; the source with the highest priority
   *     is first
   * @param baseDirectory the directory against which relative paths of secret files are resolved
   */
  public Sources(
      Schema schema,
      ValidationErrors errors,
      List<Map<String, Value>> sources,
      Path baseDirectory) {
    this.schema = schema;
    this.errors = errors;
    this.sources = List.copyOf(sources);
    this.baseDirectory = baseDirectory;
  }

  /**
   * Converts the values to typed settings. Reports wrong values and omits them, so that the rules
   * can report further errors.
   *
   * @param type the interface of all settings
   */
  public <T> T toSettings(Class<T> type) {
    NavigableMap<String, String> texts = texts();
    NavigableMap<String, Object> values = new TreeMap<>();
    texts.forEach(
        (name, text) ->
            schema
                .leaf(name)
                .ifPresent(
                    leaf -> {
                      try {
                        values.put(name, schema.isList(name) ? split(text) : leaf.parse(text));
                      } catch (IllegalArgumentException e) {
                        addError(name, String.valueOf(e.getMessage()));
                      }
                    }));
    readSecretFiles(texts.keySet(), values);
    checkLists(texts.keySet(), values);
    checkEmptyLists(texts, values);
    return new Sections(schema, values).section(schema.prefix(), type);
  }

  /**
   * Adds the secrets that files contain. Reports an error if a file cannot be used, or if a secret
   * has both a value and a file.
   */
  private void readSecretFiles(Set<String> names, Map<String, Object> values) {
    for (String name : names) {
      Optional<String> secret = schema.secretOf(name);
      if (secret.isPresent() && values.get(name) instanceof Path file) {
        if (names.contains(secret.get())) {
          addError(name, "must not be set together with " + secret.get());
        }
        try {
          SecretFile opened = new SecretFile(name, baseDirectory, file);
          watchedFiles.put(name, opened::isUsable);
          values.put(secret.get(), Secret.of(opened));
        } catch (IllegalArgumentException e) {
          addError(name, String.valueOf(e.getMessage()));
        }
      }
    }
  }

  /**
   * Adds the check of a file that is read again when it changes.
   *
   * @param path the name of the setting without the common prefix of all settings
   * @param isUsable returns false if the file has changed and cannot be used
   */
  public void addWatchedFile(String path, BooleanSupplier isUsable) {
    watchedFiles.put(full(path), isUsable);
  }

  /**
   * Returns the check of each file that contains a secret or the authorities of a syslog server, by
   * the full name of the setting that names the file. A check returns false if the file has changed
   * and cannot be used. Its last usable content then stays in use.
   */
  public Map<String, BooleanSupplier> watchedFiles() {
    return Map.copyOf(watchedFiles);
  }

  /**
   * Returns the text with the highest priority for each setting. All elements of a list come from
   * one source.
   */
  private NavigableMap<String, String> texts() {
    NavigableMap<String, String> texts = new TreeMap<>();
    Map<String, Integer> owners = new HashMap<>();
    for (int i = 0; i < sources.size(); i++) {
      int rank = i;
      sources
          .get(i)
          .forEach(
              (name, value) -> {
                Optional<String> list = schema.listOf(name);
                if (list.isEmpty() || owners.computeIfAbsent(list.get(), l -> rank) == rank) {
                  texts.putIfAbsent(name, value.text());
                }
              });
    }
    return texts;
  }

  /**
   * Splits the text of a list into elements, at commas. A character after a backslash always
   * belongs to the element. Empty elements are omitted.
   */
  private static List<String> split(String text) {
    List<String> elements = new ArrayList<>();
    StringBuilder element = new StringBuilder();
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || text.charAt(i) == ',') {
        if (!element.isEmpty()) {
          elements.add(element.toString());
        }
        element.setLength(0);
      } else if (text.charAt(i) != '\\') {
        element.append(text.charAt(i));
      } else if (i + 1 < text.length()) {
        element.append(text.charAt(++i));
      }
    }
    return List.copyOf(elements);
  }

  /**
   * Reports an error for each empty list that must not be empty. See {@link
   * Setting#absentMeansAll}.
   */
  private void checkEmptyLists(NavigableMap<String, String> texts, Map<String, Object> values) {
    for (String name : texts.keySet()) {
      String next = texts.ceilingKey(name + '[');
      boolean hasElements = next != null && next.startsWith(name + '[');
      if (schema.absentMeansAll(name) && List.of().equals(values.get(name)) && !hasElements) {
        addError(name, "must not be empty; remove the setting to apply no restriction");
      }
    }
  }

  /**
   * Reports gaps in the indexes of lists, and list elements without a required setting. Adds a
   * placeholder value for the missing setting, so that the rules can read the element.
   */
  private void checkLists(Set<String> names, Map<String, Object> values) {
    Map<String, SortedSet<Integer>> lists = new TreeMap<>();
    for (String name : names) {
      for (int at = name.indexOf('['); at >= 0; at = name.indexOf('[', at + 1)) {
        int index = Integer.parseInt(name.substring(at + 1, name.indexOf(']', at)));
        lists.computeIfAbsent(name.substring(0, at), list -> new TreeSet<>()).add(index);
      }
    }
    lists.forEach(
        (list, indexes) -> {
          int expected = 0;
          for (int index : indexes) {
            String element = list + '[' + index + ']';
            if (index != expected++) {
              addError(element, "the list lacks the element before this one");
              expected = index + 1;
            }
            for (String required : schema.requiredBelow(element)) {
              String name = element + '.' + required;
              if (!names.contains(name)) {
                addError(name, "is required");
                values.put(name, "missing");
              }
            }
          }
        });
  }

  /**
   * Reports an error in a setting, with the location of the setting.
   *
   * @param path the name of the setting without the common prefix of all settings
   */
  public void reportError(String path, String errorMessage) {
    addError(full(path), errorMessage);
  }

  /**
   * Reports an error if a file cannot be opened. The message contains the reason, but not the path,
   * because an operator can enter a secret instead of a path.
   *
   * @param path the name of the setting, as in {@link #reportError}
   */
  public void checkFile(String path, Path file) {
    FileErrors.reasonOf(file)
        .ifPresent(
            reason ->
                reportError(
                    path, "must be the path of a file that can be read: the file " + reason));
  }

  /** Reports that a setting must not be set without another setting, which is missing. */
  public void reportSetWithout(String path, String missing) {
    reportError(path, "must not be set without " + full(missing));
  }

  /**
   * Reports each setting in {@code names} that is set without the setting {@code missing} of the
   * same section.
   */
  public void reportAllSetWithout(String section, List<String> names, String missing) {
    for (String name : names) {
      if (isConfigured(section + '.' + name)) {
        reportSetWithout(section + '.' + name, section + '.' + missing);
      }
    }
  }

  /**
   * Reports an error in a setting if the setting {@code other} is configured. Only one of the two
   * settings is allowed.
   *
   * @param path the name of the setting with the error, without the common prefix of all settings
   */
  public void checkExcludes(String path, String other) {
    if (isConfigured(other)) {
      reportError(path, "must not be set together with " + full(other));
    }
  }

  /**
   * Converts a list of address ranges, and reports its errors.
   *
   * @param warning the warning for a range that contains every address
   */
  public List<AddressRange> ranges(String path, Optional<List<String>> texts, String warning) {
    return ranges(path, texts, warning, range -> Optional.empty());
  }

  /**
   * Converts a list of address ranges, and reports its errors.
   *
   * @param warning the warning for a range that contains every address
   * @param error returns the error message for a range; empty if the range is allowed
   */
  public List<AddressRange> ranges(
      String path,
      Optional<List<String>> texts,
      String warning,
      Function<AddressRange, Optional<String>> error) {
    List<String> configured = texts.orElse(List.of());
    List<AddressRange> ranges = new ArrayList<>();
    for (int i = 0; i < configured.size(); i++) {
      String key = path + '[' + i + ']';
      Optional<AddressRange> range = AddressRange.parse(configured.get(i).strip());
      if (range.isPresent()) {
        ranges.add(range.get());
        error.apply(range.get()).ifPresent(text -> reportError(key, text));
        if (range.get().isEverything()) {
          warn(key, warning);
        }
      } else {
        reportError(key, "must be an IP address or a range of them, e.g. 10.0.0.0/8");
      }
    }
    return ranges;
  }

  /**
   * Reports a warning for a setting with an unusual value, which may be intended.
   *
   * @param path the name of the setting without the common prefix of all settings
   */
  public void warn(String path, String remark) {
    errors.warn(full(path), remark);
  }

  /** Returns true if a text has the form of a host name or an IP address. */
  public static boolean isHost(String text) {
    return HOST.matcher(text).matches();
  }

  /**
   * Returns the elements of a list without leading and trailing spaces. Returns an empty list if
   * the setting is absent.
   */
  public static List<String> stripped(Optional<List<String>> texts) {
    return texts.orElse(List.of()).stream().map(String::strip).toList();
  }

  private void addError(String name, String errorMessage) {
    locationOf(name)
        .ifPresentOrElse(
            location -> errors.add(name, errorMessage, location),
            () -> errors.add(name, errorMessage));
  }

  /** Returns true if at least one source contains the setting. */
  public boolean isConfigured(String path) {
    return exactLocation(full(path)).isPresent();
  }

  /**
   * Returns the name of the setting through which a secret is configured. This is the setting that
   * contains the secret, or the setting that names the file with the secret. An error in the
   * content of the secret belongs to this setting.
   *
   * @param path the name of the secret without the common prefix of all settings
   */
  public String sourceOfSecret(String path) {
    String file = path + Schema.FILE_SUFFIX;
    return isConfigured(file) ? file : path;
  }

  /** Returns true if no error was reported for the setting or for a setting below it. */
  public boolean isClean(String path) {
    return errors.isClean(full(path));
  }

  private String full(String path) {
    return schema.prefix() + '.' + path;
  }

  /**
   * Returns the location of a setting. A setting in a list can lack a location. This method then
   * returns the location of the list or of another setting in the same list element. Returns empty
   * if none of these has a location.
   */
  private Optional<String> locationOf(String name) {
    Optional<String> exact = exactLocation(name);
    if (exact.isPresent() || !name.contains("[")) {
      return exact;
    }
    return firstLocationBelow(name + '[')
        .or(() -> exactLocation(Value.LAST_INDEX.matcher(name).replaceFirst("")))
        .or(() -> firstLocationBelow(name.substring(0, name.indexOf(']') + 1) + '.'));
  }

  /**
   * Returns the sources from which a setting can come. For a setting in a list, this is only the
   * source of the list, because all elements of a list come from one source.
   */
  private Stream<Map<String, Value>> sourcesOf(String name) {
    Optional<String> list = schema.listOf(name);
    if (list.isEmpty()) {
      return sources.stream();
    }
    return sources.stream()
        .filter(source -> source.keySet().stream().map(schema::listOf).anyMatch(list::equals))
        .limit(1);
  }

  private Optional<String> exactLocation(String name) {
    return sourcesOf(name)
        .flatMap(source -> Optional.ofNullable(source.get(name)).stream())
        .findFirst()
        .map(Value::location);
  }

  private Optional<String> firstLocationBelow(String start) {
    return sourcesOf(start)
        .flatMap(source -> source.entrySet().stream())
        .filter(setting -> setting.getKey().startsWith(start))
        .findFirst()
        .map(setting -> setting.getValue().location());
  }
}
