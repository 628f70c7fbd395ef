package io.accesstokens.app.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.settings.source.Schema;
import io.accesstokens.app.settings.source.ValidationErrors;
import io.accesstokens.app.settings.source.Value;
import io.accesstokens.app.settings.source.YamlFile;
import io.accesstokens.app.settings.storage.ClusterSettings.Replicas;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests that the commented sample is correct. The sample follows this convention:
 *
 * <ul>
 *   <li>A line is a setting if its {@code #} is followed directly by the key, or by the two or more
 *       spaces of its indentation.
 *   <li>A line is prose if its {@code #} is followed by exactly one space, or ends the line.
 *   <li>A setting whose value is not the default ends in {@code # example}.
 * </ul>
 */
class SampleSettingsTest {

  private static final Path SAMPLE = Path.of(SettingsLoader.DEFAULT_FILE);
  private static final Pattern SETTING = Pattern.compile("#((?: {2})*(?:- )?[a-zA-Z]+:.*)");
  private static final Pattern DOCUMENTED =
      Pattern.compile("```yaml\n( *accessTokens:\n.*?)^ *```", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern OF_MISSING_FILE =
      Pattern.compile(": must (?:name a file|be a file|be the path of a file)");
  private static final Pattern EXAMPLE = Pattern.compile(".* # example");

  @TempDir Path directory;
  private List<String> lines = List.of();

  @BeforeEach
  void readSample() throws IOException {
    lines = Files.readAllLines(SAMPLE, StandardCharsets.UTF_8);
  }

  /** Returns the sample with the selected lines of settings uncommented. */
  private String uncommented(Predicate<String> wanted) {
    return lines.stream()
        .map(SETTING::matcher)
        .map(m -> m.matches() && wanted.test(m.group(1)) ? m.group(1) : "")
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private Map<String, String> read(String text) throws IOException {
    Path file = directory.resolve("sample.yaml");
    Files.writeString(file, text);
    ValidationErrors errors = new ValidationErrors();
    Map<String, Value> settings = new YamlFile("sample", SettingsLoader.SCHEMA, errors).read(file);
    assertEquals(List.of(), errors.errors());
    return settings.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, setting -> setting.getValue().text()));
  }

  @Test
  void shippedSampleSetsNothing() throws IOException {
    assertEquals(Map.of(), read(String.join("\n", lines)));
    assertEquals(
        List.of(),
        lines.stream().filter(line -> !line.isEmpty() && !line.startsWith("#")).toList());
  }

  @Test
  void sampleContainsEverySetting() throws IOException {
    Set<String> inSample =
        read(uncommented(line -> true)).keySet().stream()
            .map(Schema::withoutIndexes)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> all = new TreeSet<>(SettingsLoader.SCHEMA.names());
    // The sample writes these as lists; the other form is one text with commas.
    all.removeIf(name -> all.contains(name + "[]"));
    assertEquals(all, inSample);
  }

  @Test
  void valuesAreTheDefaultsUnlessMarkedAsExamples() throws IOException {
    Predicate<String> example = EXAMPLE.asMatchPredicate();
    Map<String, String> defaults = read(uncommented(example.negate()));
    defaults.forEach(
        (key, value) ->
            assertEquals(SettingsLoader.SCHEMA.leaf(key).orElseThrow().defaultValue(), value, key));
    Set<String> withDefault =
        SettingsLoader.SCHEMA.names().stream()
            .filter(
                name ->
                    SettingsLoader.SCHEMA
                        .leaf(name.replace("[]", "[0]"))
                        .map(leaf -> leaf.defaultValue() != null)
                        .orElse(false))
            .collect(Collectors.toSet());
    assertEquals(
        withDefault,
        defaults.keySet().stream().map(Schema::withoutIndexes).collect(Collectors.toSet()));
  }

  @Test
  void sampleIsValidWithItsExamples() {
    // Files that do not exist, and settings that exclude others.
    Pattern without =
        Pattern.compile(
            " {2}key:.*| *(certificate|caFile|usersFile|groupsFile|groupBase|tokenFile|passwordFile"
                + "|bindPasswordFile|clientSecretFile|encryptionKeyFile|previousEncryptionKeyFile"
                + "|secretFile|jndiName|roles):.*");
    Configuration configuration =
        new SettingsFixture(directory)
            .file(uncommented(without.asMatchPredicate().negate()))
            .load();
    assertEquals(6, configuration.scopeCatalog().scopes().size());
    assertEquals(Replicas.MANY, configuration.replicas());
    assertEquals(90, configuration.creationPolicy().defaultLifetimeDays());
    assertEquals(List.of(), configuration.warnings());
  }

  /** Tests each YAML block of the documents that begins with the root of the settings. */
  @Test
  void examplesInDocumentsAreValid() throws IOException {
    List<String> errors = new ArrayList<>();
    int examples = 0;
    try (Stream<Path> files = Files.list(Path.of("src/docs"))) {
      for (Path page : files.filter(file -> file.toString().endsWith(".md")).sorted().toList()) {
        Matcher example = DOCUMENTED.matcher(Files.readString(page));
        while (example.find()) {
          examples++;
          String text = example.group(1).stripIndent();
          try {
            new SettingsFixture(directory).file(text).load();
          } catch (InvalidSettingsException e) {
            e.lines().stream()
                .filter(line -> !OF_MISSING_FILE.matcher(line).find())
                .forEach(line -> errors.add(page + ": " + line + "\n" + text));
          }
        }
      }
    }
    assertEquals("", String.join("\n", errors));
    assertTrue(examples > 20, "examples: " + examples);
  }

  @Test
  void everyLineIsProseOrASetting() {
    for (String line : lines) {
      boolean prose = line.isEmpty() || line.matches("#( \\S.*)?") || line.startsWith("#   access");
      assertTrue(prose || SETTING.matcher(line).matches(), line);
      assertTrue(line.length() <= 100, line);
    }
  }
}
