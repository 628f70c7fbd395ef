package io.accesstokens.app.settings;

import static io.accesstokens.testing.FuzzInput.holds;
import static io.accesstokens.testing.FuzzInput.lines;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.accesstokens.app.settings.source.ValidationErrors;
import io.accesstokens.app.settings.source.YamlFile;
import io.accesstokens.app.settings.storage.JdbcUrlInvariants;
import io.accesstokens.jwt.TrustedIssuer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Fuzzes the settings file, the environment variables, and the parsers of single settings. */
class SettingsFuzzTest {

  private static final int MAX_VARIABLES = 20;

  private final Path directory = temporary();

  private static Path temporary() {
    try {
      Path directory = Files.createTempDirectory("access-tokens-settings");
      Path file = directory.resolve(SettingsLoader.DEFAULT_FILE);
      // The last one is deleted first.
      for (Path path : List.of(directory, file.getParent(), file)) {
        path.toFile().deleteOnExit();
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Uses the whole input as a settings file. */
  @FuzzTest
  @DictionaryEntries({
    "accessTokens:",
    "port: 1",
    "host: ",
    "database:",
    "url: jdbc:mariadb://h/d",
    "publicUrl: ",
    "scopes:",
    "- id: ",
    "description: ",
    "login:",
    "ldap:",
    "oidc:",
    "issuer: ",
    "policy:",
    "grants:",
    "trustedProxies: ",
    "service:",
    "personal:",
    "rawToken:",
    "servicePrefix: ",
    "replicas: many",
    "jwt:",
    "algorithms: ",
    "userEntityRef: user:default/{sub}"
  })
  void files(byte[] input) {
    ValidationErrors errors = new ValidationErrors();
    Set<String> names = new YamlFile("f", SettingsLoader.SCHEMA, errors).read(input).keySet();
    for (String name : names) {
      holds("a setting of the schema: " + name, SettingsLoader.SCHEMA.leaf(name).isPresent());
    }
    if (names.isEmpty()) {
      return;
    }
    try {
      SettingsFixture given = new SettingsFixture(directory).file(input);
      Configuration configuration = given.load();
      holds(
          "no warning without a sentence",
          configuration.warnings().stream().noneMatch(String::isBlank));
    } catch (InvalidSettingsException e) {
      isReadable(e);
    }
  }

  /**
   * Uses each line as an environment variable, and also as the input of the parsers of some
   * settings.
   */
  @FuzzTest
  @DictionaryEntries({
    "ACCESSTOKENS_PORT=1",
    "ACCESSTOKENS_SERVICE_SCOPES_0__ID=a",
    "accessTokens.host=",
    "jdbc:h2:",
    "jdbc:mariadb://",
    "?password=",
    ";MODE=",
    "user:p@h",
    "ES256,RS256",
    "ACCESSTOKENS_DATABASE_URL=",
    "ACCESSTOKENS_TRUSTEDPROXIES=",
    "ACCESSTOKENS_PUBLICURL="
  })
  void values(byte[] input) {
    Map<String, String> environment = new HashMap<>();
    for (String line : lines(input)) {
      JdbcUrlInvariants.check(line);
      TrustedIssuer.algorithms(line)
          .ifPresent(names -> holds("known", TrustedIssuer.ALGORITHMS.containsAll(names)));
      int equals = line.indexOf('=');
      if (equals > 0 && environment.size() < MAX_VARIABLES) {
        environment.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    if (environment.keySet().stream().noneMatch(name -> name.startsWith("ACCESSTOKENS_"))) {
      return;
    }
    try {
      var unused = new SettingsLoader(Map.of(), Map.of(), environment, directory).load();
    } catch (InvalidSettingsException e) {
      isReadable(e);
    }
  }

  private static void isReadable(InvalidSettingsException e) {
    List<String> lines = e.lines();
    holds("something is wrong", !lines.isEmpty());
    for (String line : lines) {
      holds("one line: " + line, line.chars().noneMatch(Character::isISOControl));
    }
  }
}
