package io.accesstokens.app.settings;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads settings from the flat sources: command line, system properties and environment variables.
 */
final class NamedValues {

  private static final Pattern NO_LETTER_OR_DIGIT = Pattern.compile("[^a-zA-Z0-9]");

  private static final String DOTTED = Settings.PREFIX + '.';
  private static final String UPPER = Settings.PREFIX.toUpperCase(Locale.ROOT) + '_';

  private final Schema schema;
  private final ValidationErrors findings;

  NamedValues(Schema schema, ValidationErrors findings) {
    this.schema = schema;
    this.findings = findings;
  }

  /**
   * Reads the command line. All its values are for this program, so an unknown name is an error.
   */
  void readCommandLine(Map<String, String> values, SettingsSource source) {
    new TreeMap<>(values)
        .forEach(
            (name, value) -> {
              if (schema.leaf(name).isPresent()) {
                source.add(name, value, "command line");
              } else if (!name.equals(SettingsLoader.CONFIG_FILE)) {
                findings.addUnknown(name, schema.similar(name), "command line");
              }
            });
  }

  /** Reads system properties. An unknown name with our prefix causes a warning. */
  void readProperties(Map<String, String> properties, SettingsSource source) {
    new TreeMap<>(properties)
        .forEach(
            (name, value) -> {
              if (schema.leaf(name).isPresent()) {
                source.add(name, value, "system property " + name);
              } else if (name.startsWith(DOTTED) && !name.equals(SettingsLoader.CONFIG_FILE)) {
                findings.warnOfUnknown("system property " + name, schema.similar(name));
              }
            });
  }

  /**
   * Reads environment variables, by the mapping of MicroProfile Config. For a setting, it uses the
   * first of these variables that exists:
   *
   * <ul>
   *   <li>the name itself
   *   <li>the name with an underscore for each character that is not a letter or digit
   *   <li>the same in upper case
   * </ul>
   */
  void readEnvironment(Map<String, String> environment, SettingsSource source) {
    List<Variable> variables = new ArrayList<>();
    Set<String> names = new TreeSet<>();
    for (String name : schema.names()) {
      variables.add(Variable.of(name));
    }
    schema.single().forEach(name -> names.add(upper(name)));
    // A variable with a higher rank comes later and replaces the earlier value.
    Map<String, String> ordered =
        new TreeMap<>(
            Comparator.comparingInt(NamedValues::rank).thenComparing(Comparator.naturalOrder()));
    ordered.putAll(environment);
    ordered.forEach(
        (variable, value) -> {
          Optional<String> name = settingOf(variable, variables);
          if (name.isPresent()) {
            source.add(name.get(), value, "environment variable " + variable);
          } else if (variable.startsWith(UPPER)
              && !variable.equals(upper(SettingsLoader.CONFIG_FILE))) {
            findings.warnOfUnknown(
                "environment variable " + variable, Schema.closest(names, variable));
          }
        });
  }

  /** Returns the name of the settings file, the only setting that is not in the schema. */
  static Optional<Given> configFile(
      Map<String, String> overrides,
      Map<String, String> properties,
      Map<String, String> environment) {
    String name = SettingsLoader.CONFIG_FILE;
    return Given.of(overrides, name, "command line")
        .or(() -> Given.of(properties, name, "system property " + name))
        .or(() -> Given.of(environment, name, "environment variable " + name))
        .or(
            () ->
                Given.of(
                    environment, underscored(name), "environment variable " + underscored(name)))
        .or(() -> Given.of(environment, upper(name), "environment variable " + upper(name)));
  }

  /** A value and its location. */
  record Given(String value, String place) {

    static Optional<Given> of(Map<String, String> values, String name, String place) {
      String value = values.getOrDefault(name, "");
      return value.isBlank() ? Optional.empty() : Optional.of(new Given(value, place));
    }
  }

  /** The patterns of the variables for a setting. Their groups are the indexes. */
  private record Variable(String name, Pattern underscored, Pattern upper) {

    private static final String INDEX = "_(0|[1-9][0-9]{0,3})_";
    private static final Pattern DOT_BEFORE_LETTER = Pattern.compile("\\.(?=[a-zA-Z])");

    static Variable of(String name) {
      // Two brackets become two underscores, with the index between them.
      String regex = DOT_BEFORE_LETTER.matcher(name.replace("[]", INDEX)).replaceAll("_");
      String upper = name.toUpperCase(Locale.ROOT).replace("[]", INDEX);
      return new Variable(
          name,
          Pattern.compile(regex),
          Pattern.compile(DOT_BEFORE_LETTER.matcher(upper).replaceAll("_")));
    }

    Optional<String> match(String variable) {
      for (Pattern pattern : List.of(underscored, upper)) {
        Matcher matcher = pattern.matcher(variable);
        if (matcher.matches()) {
          String indexed = name;
          for (int i = 1; i <= matcher.groupCount(); i++) {
            int brackets = indexed.indexOf("[]");
            indexed =
                indexed.substring(0, brackets + 1)
                    + matcher.group(i)
                    + indexed.substring(brackets + 1);
          }
          return Optional.of(indexed);
        }
      }
      return Optional.empty();
    }
  }

  private static int rank(String variable) {
    if (variable.startsWith(DOTTED)) {
      return 2;
    }
    return variable.startsWith(Settings.PREFIX) ? 1 : 0;
  }

  private Optional<String> settingOf(String variable, List<Variable> variables) {
    if (schema.leaf(variable).isPresent()) {
      return Optional.of(variable);
    }
    if (!variable.startsWith(UPPER) && !variable.startsWith(Settings.PREFIX + '_')) {
      return Optional.empty();
    }
    return variables.stream().flatMap(v -> v.match(variable).stream()).findFirst();
  }

  /** Returns the name of the variable for a setting outside of lists. */
  private static String underscored(String name) {
    return NO_LETTER_OR_DIGIT.matcher(name).replaceAll("_");
  }

  private static String upper(String name) {
    return underscored(name).toUpperCase(Locale.ROOT);
  }
}
