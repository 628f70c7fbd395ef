package io.accesstokens.app.settings.source;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads settings from the sources with flat names: the command line, system properties and
 * environment variables. Reports values that the locale of the process cannot represent.
 */
public final class NamedValues {

  /**
   * Matches a list index in the name of an environment variable. The underscores represent the
   * brackets around the index.
   */
  private static final Pattern INDEX = Pattern.compile("_(0|[1-9][0-9]{0,3})_");

  /**
   * Suffix of an environment variable that contains the path of a file with a secret. Official
   * container images use this suffix by convention.
   */
  private static final String ENGINE_SUFFIX = "_FILE";

  private static final Pattern NO_INDEX = Pattern.compile("\\[\\]");

  private final Schema schema;
  private final String fileSetting;
  private final ValidationErrors errors;

  /**
   * Creates a reader of settings by name.
   *
   * @param fileSetting the name of the setting that contains the path of the settings file. The
   *     schema contains all other settings
   * @param errors receives the errors and warnings
   */
  public NamedValues(Schema schema, String fileSetting, ValidationErrors errors) {
    this.schema = schema;
    this.fileSetting = fileSetting;
    this.errors = errors;
  }

  /** Reads the command line. An unknown name is an error. */
  public Map<String, Value> commandLine(Map<String, String> values) {
    return read(
        new TreeMap<>(values),
        name -> name,
        "command line",
        (name, location) -> errors.addUnknown(name, schema.similar(name), location));
  }

  /**
   * Reads system properties. An unknown name with the prefix of this application causes a warning.
   */
  public Map<String, Value> properties(Map<String, String> properties) {
    return read(
        new TreeMap<>(properties),
        name -> name,
        "system property %s",
        (name, location) -> {
          if (name.startsWith(schema.prefix() + '.')) {
            errors.warnOfUnknown(location, schema.similar(name));
          }
        });
  }

  /**
   * Reads environment variables, by the mapping of MicroProfile Config. The value of a setting
   * comes from the first of these variables that is not blank:
   *
   * <ul>
   *   <li>the full name of the setting
   *   <li>the full name with an underscore for each character that is not a letter or digit
   *   <li>the full name with these underscores, in upper case
   * </ul>
   *
   * <p>In official container images, the variable that names the file with a secret ends in {@code
   * _FILE} by convention. Therefore, both {@code ACCESSTOKENS_DATABASE_PASSWORD_FILE} and {@code
   * ACCESSTOKENS_DATABASE_PASSWORDFILE} set {@code accessTokens.database.passwordFile}. These two
   * variables together are an error.
   *
   * <p>An unknown name that starts with the prefix of this application in upper case causes a
   * warning.
   */
  public Map<String, Value> environment(Map<String, String> environment) {
    Map<String, String> names = new HashMap<>();
    addVariables(names, fileSetting);
    schema.names().forEach(name -> addVariables(names, name));
    Map<String, String> engineNames = new HashMap<>();
    for (String name : schema.names()) {
      schema
          .secretOf(name)
          .ifPresent(secret -> engineNames.put(upper(secret) + ENGINE_SUFFIX, name));
    }
    names.putAll(engineNames);
    Set<String> variables =
        schema.single().stream()
            .map(NamedValues::upper)
            .collect(Collectors.toCollection(TreeSet::new));
    // Variables are ordered by rank, because a later variable replaces an earlier one.
    SortedMap<String, String> ordered =
        new TreeMap<>(Comparator.comparingInt(this::rank).thenComparing(Comparator.naturalOrder()));
    ordered.putAll(environment);
    checkEngineNames(environment, engineNames);
    return read(
        ordered,
        variable -> settingOf(variable, names),
        "environment variable %s",
        (variable, location) -> {
          if (variable.startsWith(upper(schema.prefix()) + '_')) {
            errors.warnOfUnknown(location, Schema.closest(variables, variable));
          }
        });
  }

  /**
   * Reports an error if two environment variables name the file of the same secret, in two
   * spellings.
   */
  private void checkEngineNames(Map<String, String> environment, Map<String, String> engineNames) {
    for (String variable : new TreeSet<>(environment.keySet())) {
      if (engineNames.containsKey(INDEX.matcher(variable).replaceAll("_#_"))
          && !environment.getOrDefault(variable, "").isBlank()) {
        String other = variable.substring(0, variable.length() - ENGINE_SUFFIX.length()) + "FILE";
        if (!environment.getOrDefault(other, "").isBlank()) {
          errors.add(
              settingOf(variable, engineNames),
              "is set by two environment variables: remove " + other,
              "environment variable " + variable);
        }
      }
    }
  }

  private Map<String, Value> read(
      SortedMap<String, String> values,
      UnaryOperator<String> settingOf,
      String locationFormat,
      BiConsumer<String, String> reportUnknown) {
    Map<String, Value> source = new LinkedHashMap<>();
    values.forEach(
        (key, text) -> {
          String name = settingOf.apply(key);
          String location = locationFormat.replace("%s", key);
          if (name.equals(fileSetting) || schema.leaf(name).isPresent()) {
            LocaleCheck.errorMessage(text).ifPresent(error -> errors.add(name, error, location));
            Value.add(source, schema, name, text, location);
          } else {
            reportUnknown.accept(key, location);
          }
        });
    return source;
  }

  private static void addVariables(Map<String, String> names, String name) {
    names.put(underscored(name), name);
    names.put(upper(name), name);
  }

  /**
   * Returns the full name of the setting that an environment variable sets, with the list indexes
   * of the variable. Returns the name of the variable if the variable belongs to no setting.
   */
  private static String settingOf(String variable, Map<String, String> names) {
    String name = names.getOrDefault(INDEX.matcher(variable).replaceAll("_#_"), variable);
    Matcher index = INDEX.matcher(variable);
    while (index.find()) {
      name = NO_INDEX.matcher(name).replaceFirst('[' + index.group(1) + ']');
    }
    return name;
  }

  private int rank(String variable) {
    if (variable.startsWith(schema.prefix() + '.')) {
      return 2;
    }
    return variable.startsWith(schema.prefix()) ? 1 : 0;
  }

  /**
   * Returns the name of the environment variable for a setting. A number sign replaces each list
   * index.
   */
  private static String underscored(String name) {
    return name.replace("[]", "_#_").replace('.', '_');
  }

  private static String upper(String name) {
    return underscored(name).toUpperCase(Locale.ROOT);
  }
}
