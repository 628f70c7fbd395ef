package io.accesstokens.app.settings;

import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.source.Sources;
import io.accesstokens.directory.BackstageGroupDirectory;
import io.accesstokens.verify.IpAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Validates the settings of group directories, and derives values from these settings. The types of
 * the settings were checked before.
 *
 * <p>A rule that finds an error reports the error and returns a harmless value. Therefore, all
 * other rules still run.
 */
final class DirectoryRules {

  private static final String BACKSTAGE = "directory.backstage";
  private static final String BASE_URL = BACKSTAGE + ".baseUrl";

  /**
   * Matches a token that Backstage accepts and that a header can contain: printable ASCII
   * characters except the space.
   */
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

  private final DirectorySettings settings;
  private final LoginSettings login;
  private final Sources sources;
  private final Path baseDirectory;

  DirectoryRules(Settings settings, Sources sources, Path baseDirectory) {
    this.settings = settings.directory();
    this.login = settings.login();
    this.sources = sources;
    this.baseDirectory = baseDirectory;
  }

  /**
   * Returns the source of groups, if it is not an LDAP server. Reports an error if both a Backstage
   * server and a file are configured. {@link LdapRules} reports an error if an LDAP server is
   * another source. With two sources, an operator could remove a user from one source and forget
   * the other source.
   */
  Groups groups() {
    Optional<Groups> backstage = backstage();
    if (backstage.isPresent()) {
      if (sources.isConfigured("directory.groupsFile")) {
        sources.reportError(
            "directory.groupsFile",
            "must not be set together with " + Settings.PREFIX + '.' + BASE_URL);
      }
      return backstage.get();
    }
    Optional<Path> file = settings.groupsFile().map(baseDirectory::resolve);
    if (file.isEmpty()) {
      return GrantRules.hasOnlySampleUsers(login) ? new Groups.Sample() : noGroups();
    }
    sources.checkFile("directory.groupsFile", file.get());
    return new Groups.CatalogFile(file.get());
  }

  /**
   * Returns an empty source of groups. Does not return the sample groups, because a real user can
   * have the name of a sample user.
   */
  private Groups noGroups() {
    // An LDAP server can be the source of groups instead.
    if (login.ldap().groupBase().isEmpty()) {
      sources.warn(
          "directory.groupsFile",
          "is not set, so there are no groups and no service token can be created: set it, or "
              + Settings.PREFIX
              + ".directory.backstage.baseUrl or "
              + Settings.PREFIX
              + ".login.ldap.groupBase");
    }
    return new Groups.None();
  }

  private Optional<Groups> backstage() {
    DirectorySettings.Backstage backstage = settings.backstage();
    Secret token = token(backstage);
    if (backstage.staleSeconds() < backstage.cacheSeconds()) {
      String key = sources.isConfigured(BACKSTAGE + ".staleSeconds") ? "stale" : "cache";
      sources.reportError(
          BACKSTAGE + '.' + key + "Seconds",
          key.equals("stale")
              ? "must be at least " + backstage.cacheSeconds() + ", the value of cacheSeconds"
              : "must be at most " + backstage.staleSeconds() + ", the value of staleSeconds");
    }
    if (backstage.baseUrl().isEmpty()) {
      for (String key : new String[] {".token", ".tokenFile"}) {
        if (sources.isConfigured(BACKSTAGE + key) && sources.isClean(BASE_URL)) {
          sources.reportError(BACKSTAGE + key, "needs " + Settings.PREFIX + '.' + BASE_URL);
        }
      }
      return Optional.empty();
    }
    URI url = backstage.baseUrl().get();
    if (!SettingsRules.isWebUrl(url)) {
      sources.reportError(
          BASE_URL, "must be an http or https URL with a host, without user, query or fragment");
      return Optional.empty();
    }
    if (isPlain(url) && !IpAddress.isLoopbackHost(url.getHost())) {
      sources.warn(
          BASE_URL,
          "is plain http, so an attacker on the network path can "
              + (backstage.token().isPresent() ? "read the token and " : "")
              + "change the groups of users: use https");
    }
    return Optional.of(
        new Groups.BackstageCatalog(
            new BackstageGroupDirectory.Settings(
                url,
                Duration.ofMillis(backstage.timeoutMillis()),
                Duration.ofSeconds(backstage.cacheSeconds()),
                Duration.ofSeconds(backstage.staleSeconds()),
                backstage.maximumEntries(),
                settings.nestedGroups()),
            token));
  }

  private @Nullable Secret token(DirectorySettings.Backstage backstage) {
    String key = BACKSTAGE + ".token";
    Secret token = backstage.token().orElse(null);
    if (token != null && !TOKEN.matcher(token.reveal()).matches()) {
      sources.reportError(
          sources.sourceOfSecret(key), "must be of printable ASCII characters without a space");
      return null;
    }
    return token;
  }

  private static boolean isPlain(URI url) {
    return url.getScheme().equalsIgnoreCase("http");
  }
}
