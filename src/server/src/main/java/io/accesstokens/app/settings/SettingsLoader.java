package io.accesstokens.app.settings;

import io.accesstokens.app.client.TrustedProxies;
import io.accesstokens.app.settings.outbound.NoticeRules;
import io.accesstokens.app.settings.outbound.PublicationRules;
import io.accesstokens.app.settings.outbound.StreamRules;
import io.accesstokens.app.settings.source.NamedValues;
import io.accesstokens.app.settings.source.Schema;
import io.accesstokens.app.settings.source.Sources;
import io.accesstokens.app.settings.source.ValidationErrors;
import io.accesstokens.app.settings.source.Value;
import io.accesstokens.app.settings.source.YamlFile;
import io.accesstokens.app.settings.storage.Storage;
import io.accesstokens.app.settings.storage.StorageRules;
import io.accesstokens.file.FileErrors;
import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessMode;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * Reads the settings from their sources, and validates the settings. The documentation of this
 * package describes the rules.
 */
public final class SettingsLoader {

  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  /** The names and types of all settings. */
  static final Schema SCHEMA = new Schema(Settings.PREFIX, Settings.class);

  /**
   * Name of the setting that contains the path of the settings file. The settings file cannot
   * contain this setting.
   */
  public static final String CONFIG_FILE = Settings.PREFIX + ".configFile";

  /** Default path of the settings file, relative to the base directory. This file is optional. */
  public static final String DEFAULT_FILE = "config/access-tokens.yaml";

  private final Map<String, String> overrides;
  private final Map<String, String> systemProperties;
  private final Map<String, String> environment;
  private final Path baseDirectory;

  /**
   * Creates a loader.
   *
   * @param overrides the settings from the command line, by full name ({@code accessTokens.port})
   * @param systemProperties all system properties, including unrelated properties
   * @param environment all environment variables, including unrelated variables
   * @param baseDirectory the directory against which relative paths are resolved
   */
  public SettingsLoader(
      Map<String, String> overrides,
      Map<String, String> systemProperties,
      Map<String, String> environment,
      Path baseDirectory) {
    this.overrides = Map.copyOf(overrides);
    this.systemProperties = Map.copyOf(systemProperties);
    this.environment = Map.copyOf(environment);
    this.baseDirectory = baseDirectory.toAbsolutePath().normalize();
  }

  /**
   * Returns a loader for the settings of this process. Relative paths are resolved against the
   * working directory of the process.
   *
   * @param overrides the settings from the command line, by full name ({@code accessTokens.port})
   */
  public static SettingsLoader ofProcess(Map<String, String> overrides) {
    return ofProcess(overrides, Path.of(""));
  }

  /**
   * Returns a loader for the settings of this process.
   *
   * @param overrides the settings from the command line, by full name ({@code accessTokens.port})
   * @param baseDirectory the directory against which relative paths are resolved
   */
  public static SettingsLoader ofProcess(Map<String, String> overrides, Path baseDirectory) {
    Properties properties = System.getProperties();
    Map<String, String> texts = new HashMap<>();
    for (String name : properties.stringPropertyNames()) {
      texts.put(name, properties.getProperty(name, ""));
    }
    return new SettingsLoader(overrides, texts, System.getenv(), baseDirectory);
  }

  /**
   * Reads and validates all settings.
   *
   * @throws InvalidSettingsException if there are errors; the exception contains all errors
   */
  public Configuration load() {
    ValidationErrors errors = new ValidationErrors();
    NamedValues named = new NamedValues(SCHEMA, CONFIG_FILE, errors);
    List<Map<String, Value>> values =
        new ArrayList<>(
            List.of(
                named.commandLine(overrides),
                named.properties(systemProperties),
                named.environment(environment)));
    values.add(readFile(values, errors));

    Sources sources = new Sources(SCHEMA, errors, values, baseDirectory);
    Settings settings = sources.toSettings(Settings.class);
    TokenRules tokens = new TokenRules(settings, sources);
    SettingsRules rules = new SettingsRules(settings, sources, baseDirectory);
    TrustedProxies proxies = rules.trustedProxies();
    DirectoryRules directories = new DirectoryRules(settings, sources, baseDirectory);
    rules.checkServer();
    URI publicUrl = rules.publicUrl();
    OidcRules openId = new OidcRules(settings.login().oidc(), sources);
    var scopeCatalog = tokens.scopeCatalog();
    var creationPolicy = tokens.creationPolicy(scopeCatalog);
    StorageRules storageRules = new StorageRules(settings.database(), settings.cluster(), sources);
    Storage storage = storageRules.storage(settings.inMemory(), rules.dataDirectory());
    storageRules.checkOutage(settings.service().cacheTtlSeconds());
    boolean inMemory = storage instanceof Storage.Memory;
    PersonalRules personal = new PersonalRules(settings, sources);
    Configuration configuration =
        new Configuration(
            settings,
            scopeCatalog,
            creationPolicy,
            personal.personalCreationPolicy(creationPolicy),
            tokens.rotationPolicy(),
            new GrantRules(settings, sources).permissionPolicy(),
            tokens.realmUserRef(),
            settings.login().usersFile().map(rules::resolve).orElse(null),
            directories.groups(),
            tokens.rawTokenFormat(),
            storage,
            storageRules.replicas(storage),
            rules.dataDirectory(),
            publicUrl,
            proxies,
            rules.logLevels(),
            rules.metricsReaders(proxies),
            new FederationRules(settings, sources, rules).federation(),
            openId.registration(publicUrl),
            personal.keySeal(),
            personal.audiences(scopeCatalog),
            personal.applications(),
            new NoticeRules(settings.notices(), sources).notices(inMemory),
            new PublicationRules(
                    settings.auditLog().publication(),
                    settings.auditLog().witnesses(),
                    sources,
                    baseDirectory)
                .publication(rules.missingForLog(storage)),
            new StreamRules(settings.auditLog().stream(), sources, rules::resolve)
                .targets(inMemory),
            sources.watchedFiles(),
            errors.warnings());
    if (!errors.errors().isEmpty()) {
      throw new InvalidSettingsException(errors.errors());
    }
    return configuration;
  }

  private Map<String, Value> readFile(List<Map<String, Value>> values, ValidationErrors errors) {
    Optional<Value> named =
        values.stream()
            .flatMap(source -> Optional.ofNullable(source.get(CONFIG_FILE)).stream())
            .findFirst();
    String name = named.map(Value::text).orElse(DEFAULT_FILE);
    String reason;
    try {
      Path file = baseDirectory.resolve(name);
      reason = unreadable(file).orElse("");
      // A default file that cannot be reached is an error. Otherwise the server would start with
      // the sample users.
      if (named.isEmpty() ? !Files.notExists(file, LinkOption.NOFOLLOW_LINKS) : reason.isEmpty()) {
        return new YamlFile(name, SCHEMA, errors).read(file);
      }
    } catch (InvalidPathException e) {
      reason = "is not a valid path";
    }
    if (named.isPresent()) {
      // The path is not a secret, and the operator needs it.
      errors.add(
          CONFIG_FILE,
          "must be the path of a file that can be read, not "
              + printable(name)
              + ", which "
              + reason,
          named.get().location());
    }
    return Map.of();
  }

  /**
   * Returns why the settings file cannot be read, as a predicate such as "does not exist"; empty if
   * it can be read. Does not open the file, because it can be a pipe.
   */
  private static Optional<String> unreadable(Path file) {
    try {
      file.getFileSystem().provider().checkAccess(file, AccessMode.READ);
      return Files.isDirectory(file) ? Optional.of("is a directory") : Optional.empty();
    } catch (IOException e) {
      return Optional.of(FileErrors.reasonOf(e));
    }
  }

  private static String printable(String path) {
    return CONTROL.matcher(path).replaceAll("?");
  }
}
