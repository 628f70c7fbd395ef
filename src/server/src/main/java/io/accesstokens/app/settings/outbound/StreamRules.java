package io.accesstokens.app.settings.outbound;

import io.accesstokens.app.outbound.WebhookTarget;
import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.source.Sources;
import io.accesstokens.app.stream.StreamTargetConfiguration;
import io.accesstokens.file.FileErrors;
import io.accesstokens.file.TrustedAuthorities;
import io.accesstokens.transparency.stream.StreamFormat;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Validates the settings of the systems that receive audit events. */
public final class StreamRules {

  private static final String KEY = "auditLog.stream";
  private static final int MAX_TARGETS = 10;
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.:_-]{1,253}");

  private final StreamSettings settings;
  private final Sources sources;
  private final WebhookRules rules;
  private final UnaryOperator<Path> paths;
  private final List<StreamTargetConfiguration> targets = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Set<Path> files = new HashSet<>();

  /**
   * Creates the rules.
   *
   * @param paths resolves a path of the settings
   */
  public StreamRules(StreamSettings settings, Sources sources, UnaryOperator<Path> paths) {
    this.settings = settings;
    this.sources = sources;
    this.rules = new WebhookRules(sources);
    this.paths = paths;
  }

  /**
   * Returns the validated settings of all targets.
   *
   * @param inMemory true if tokens are stored in memory; streams need a database
   */
  public List<StreamTargetConfiguration> targets(boolean inMemory) {
    int total = settings.webhooks().size() + settings.syslog().size() + settings.files().size();
    if (total > 0 && inMemory) {
      sources.reportError("inMemory", "must not be set together with accessTokens." + KEY);
    }
    if (total > MAX_TARGETS) {
      sources.reportError(KEY, "must have at most " + MAX_TARGETS + " targets");
      return targets;
    }
    for (int i = 0; i < settings.webhooks().size(); i++) {
      addWebhook(KEY + ".webhooks[" + i + ']', settings.webhooks().get(i));
    }
    for (int i = 0; i < settings.syslog().size(); i++) {
      addSyslog(KEY + ".syslog[" + i + ']', settings.syslog().get(i));
    }
    for (int i = 0; i < settings.files().size(); i++) {
      addFile(KEY + ".files[" + i + ']', settings.files().get(i));
    }
    return targets;
  }

  private void addWebhook(String key, StreamSettings.Webhook configured) {
    URI url = rules.encryptedUrl(key + ".url", configured.url());
    Secret secret = url == null ? null : rules.secret(key, configured.secret());
    if (url != null && secret != null) {
      add(
          key,
          configured.name().orElse(WebhookRules.hostOf(url)),
          configured.format(),
          configured.from(),
          new StreamTargetConfiguration.Webhook(
              new WebhookTarget(
                  url,
                  secret::reveal,
                  rules.allowed(key, configured.allowedAddresses(), "webhooks"))));
    }
  }

  private void addSyslog(String key, StreamSettings.Syslog configured) {
    if (!HOST.matcher(configured.host()).matches()) {
      if (sources.isClean(key + ".host")) {
        sources.reportError(key + ".host", "must be a host name or an IP address");
      }
      return;
    }
    TrustedAuthorities authorities = authorities(key + ".caFile", configured.caFile());
    if (authorities != null) {
      add(
          key,
          configured.name().orElse(configured.host()),
          configured.format(),
          configured.from(),
          new StreamTargetConfiguration.Syslog(configured.host(), configured.port(), authorities));
    }
  }

  private @Nullable TrustedAuthorities authorities(String key, Optional<Path> caFile) {
    try {
      TrustedAuthorities authorities = TrustedAuthorities.of(caFile.map(paths).orElse(null));
      if (caFile.isPresent()) {
        sources.addWatchedFile(key, authorities::isUsable);
      }
      return authorities;
    } catch (IOException e) {
      String reason =
          caFile
              .flatMap(path -> FileErrors.reasonOf(paths.apply(path)))
              .map(unreadable -> ": the file " + unreadable)
              .orElse("");
      sources.reportError(key, "must be a file with PEM certificates" + reason);
      return null;
    }
  }

  private void addFile(String key, StreamSettings.File configured) {
    if (configured.path().isEmpty()) {
      if (sources.isClean(key + ".path")) {
        sources.reportError(key + ".path", "is required");
      }
      return;
    }
    Path file = paths.apply(configured.path().get()).toAbsolutePath().normalize();
    Path folder = file.getParent();
    Path fileName = file.getFileName();
    if (fileName == null
        || folder == null
        || !Files.isDirectory(folder)
        || (Files.exists(file) && !Files.isRegularFile(file))) {
      sources.reportError(
          key + ".path",
          "must be the path of a file, not of a folder, pipe or device, in an existing folder");
      return;
    }
    if (!files.add(file)) {
      sources.reportError(key + ".path", "must differ from the paths of all other streams");
      return;
    }
    add(
        key,
        configured.name().orElse(fileName.toString()),
        configured.format(),
        configured.from(),
        new StreamTargetConfiguration.File(file));
  }

  private void add(
      String key,
      String name,
      StreamFormat format,
      StreamSettings.Start from,
      StreamTargetConfiguration.Kind kind) {
    if (rules.checkName(key, name) && !names.add(name)) {
      sources.reportError(
          key + ".name",
          "must differ from the names of all other streams; the default is the host or file name");
    }
    targets.add(
        new StreamTargetConfiguration(name, format, from == StreamSettings.Start.BEGINNING, kind));
  }
}
