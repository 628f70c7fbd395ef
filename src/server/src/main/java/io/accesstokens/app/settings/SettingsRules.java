package io.accesstokens.app.settings;

import io.accesstokens.app.client.TrustedProxies;
import io.accesstokens.app.logging.LogLevels;
import io.accesstokens.app.settings.source.Sources;
import io.accesstokens.app.settings.storage.Storage;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.VerifierKey;
import io.accesstokens.verify.AddressRange;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Validates the settings of the server, and derives values from these settings. The types of the
 * settings were checked before.
 *
 * <p>A rule that finds an error reports the error and returns a harmless value. Therefore, all
 * other rules still run.
 */
final class SettingsRules {

  private static final Pattern SLASHES_AT_END = Pattern.compile("(?<!/)/++\\z");

  private static final String KEY = "personal.encryptionKey";

  private final Settings settings;
  private final Sources sources;
  private final Path baseDirectory;

  SettingsRules(Settings settings, Sources sources, Path baseDirectory) {
    this.settings = settings;
    this.sources = sources;
    this.baseDirectory = baseDirectory;
  }

  void checkServer() {
    if (!Sources.isHost(settings.host())) {
      sources.reportError("host", "must be a host name or an IP address");
    }
    if (!Sources.isHost(settings.management().host())) {
      sources.reportError("management.host", "must be a host name or an IP address");
    }
    settings.auditLog().origin().ifPresent(this::checkLogOrigin);
    boolean certificate = sources.isConfigured("tls.certificate");
    if (certificate != sources.isConfigured("tls.key")) {
      String present = certificate ? "tls.certificate" : "tls.key";
      String missing = certificate ? "tls.key" : "tls.certificate";
      sources.reportSetWithout(present, missing);
    }
    checkFile("tls.certificate", settings.tls().certificate());
    checkFile("tls.key", settings.tls().key());
    if (settings.login().container()) {
      sources.checkExcludes("login.container", "login.usersFile");
    }
    checkFile("login.usersFile", settings.login().usersFile());
  }

  private void checkLogOrigin(String origin) {
    try {
      var unused = VerifierKey.requireName(origin);
    } catch (LogFormatException e) {
      sources.reportError(
          "auditLog.origin",
          "must have 1 to 255 characters without spaces, control characters and plus signs");
    }
  }

  /** Reports an error if a configured file cannot be read. */
  void checkFile(String key, Optional<Path> file) {
    file.ifPresent(configured -> sources.checkFile(key, resolve(configured)));
  }

  /** Returns the public URL without a slash at its end; null if it is absent or invalid. */
  @Nullable URI publicUrl() {
    Optional<URI> configured = settings.publicUrl();
    if (configured.isEmpty()) {
      return null;
    }
    URI url = configured.get();
    if (!isWebUrl(url)) {
      sources.reportError(
          "publicUrl", "must be an http or https URL with a host, without user, query or fragment");
      return null;
    }
    return URI.create(SLASHES_AT_END.matcher(url.toString()).replaceFirst(""));
  }

  /** Returns true if a URL is http or https, has a host, and has no user, query or fragment. */
  static boolean isWebUrl(URI url) {
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    return (scheme.equals("http") || scheme.equals("https"))
        && url.getHost() != null
        && url.getRawUserInfo() == null
        && url.getRawQuery() == null
        && url.getRawFragment() == null
        && url.getPort() <= 65_535;
  }

  TrustedProxies trustedProxies() {
    return new TrustedProxies(
        sources.ranges(
            "trustedProxies",
            settings.trustedProxies(),
            "trusts every client, so any client can forge its address"));
  }

  /**
   * Returns the clients that can read metrics without a credential. Reports an error for a range
   * that contains a trusted proxy. A proxy that sends no forwarding header would give its own
   * address to all its clients, and these clients would need no credential.
   */
  List<AddressRange> metricsReaders(TrustedProxies proxies) {
    String error =
        "must not contain an address of "
            + Settings.PREFIX
            + ".trustedProxies, because the clients of that proxy could read the metrics; use"
            + " smaller ranges, a credential or "
            + Settings.PREFIX
            + ".management.port";
    return sources.ranges(
        "metrics.allowedAddresses",
        settings.metrics().allowedAddresses(),
        "lets every client read the metrics",
        range -> proxies.overlaps(range) ? Optional.of(error) : Optional.empty());
  }

  Map<String, Level> logLevels() {
    return LogLevels.parse(
        settings.log().levels().orElse(List.of()),
        (i, text) -> sources.reportError("log.levels[" + i + ']', text));
  }

  Path dataDirectory() {
    return baseDirectory.resolve(settings.dataDir()).toAbsolutePath().normalize();
  }

  /**
   * Returns a requirement of the transparency log that the settings do not meet, as a part of an
   * error message. Without this log, no receiver can get checkpoints.
   *
   * <p>The log needs a database, and a key that encrypts the keys of the log. For an embedded
   * database, the key need not be configured.
   *
   * @return the requirement, with the setting to change; empty if the settings meet all
   *     requirements
   */
  Optional<String> missingForLog(Storage storage) {
    if (storage instanceof Storage.Memory) {
      return Optional.of("a database, so inMemory must be false");
    }
    boolean hasKey =
        (storage instanceof Storage.Jdbc jdbc && (jdbc.isEmbedded() || jdbc.isInMemory()))
            || sources.isConfigured(sources.sourceOfSecret(KEY));
    return hasKey
        ? Optional.empty()
        : Optional.of("the transparency log: set " + Settings.PREFIX + '.' + KEY);
  }

  /** Resolves a path of the settings against the base directory. */
  Path resolve(Path path) {
    return baseDirectory.resolve(path);
  }
}
