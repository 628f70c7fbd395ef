package io.accesstokens.app.settings.outbound;

import io.accesstokens.app.outbound.TargetUrl;
import io.accesstokens.app.outbound.WebhookTarget;
import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.source.Sources;
import io.accesstokens.app.transparency.publication.Publication;
import io.accesstokens.app.transparency.witness.Witness;
import io.accesstokens.log.LogFormatException;
import io.accesstokens.log.VerifierKey;
import io.accesstokens.verify.AddressRange;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Validates the settings of all receivers of checkpoints. */
public final class PublicationRules {

  private static final String PUBLICATION = "auditLog.publication";
  private static final String WEBHOOK = PUBLICATION + ".webhook";
  private static final String WITNESSES = "auditLog.witnesses";
  private static final int MAX_WITNESSES = 10;

  private final PublicationSettings publication;
  private final List<WitnessSettings> witnesses;
  private final Sources sources;
  private final Path baseDirectory;
  private final WebhookRules rules;

  public PublicationRules(
      PublicationSettings publication,
      List<WitnessSettings> witnesses,
      Sources sources,
      Path baseDirectory) {
    this.publication = publication;
    this.witnesses = witnesses;
    this.sources = sources;
    this.baseDirectory = baseDirectory;
    this.rules = new WebhookRules(sources);
  }

  /**
   * Returns the validated settings of the receivers.
   *
   * @param missing a requirement of the transparency log that the settings do not meet, with the
   *     setting to change; empty if the settings meet all requirements
   */
  public Publication publication(Optional<String> missing) {
    Publication valid =
        new Publication(
            publication.directory().map(this::directory).orElse(null),
            Duration.ofSeconds(publication.intervalSeconds()),
            webhook(),
            witnesses());
    missing.ifPresent(need -> reportMissing(valid, "needs " + need));
    return valid;
  }

  private void reportMissing(Publication valid, String error) {
    if (valid.directory() != null) {
      sources.reportError(PUBLICATION + ".directory", error);
    }
    if (valid.webhook() != null) {
      sources.reportError(WEBHOOK + ".url", error);
    }
    if (!valid.witnesses().isEmpty()) {
      sources.reportError(WITNESSES + "[0].url", error);
    }
  }

  private Path directory(Path configured) {
    Path directory = baseDirectory.resolve(configured).toAbsolutePath().normalize();
    Path existing = existing(directory);
    if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
      sources.reportError(
          PUBLICATION + ".directory",
          existing.equals(directory)
              ? "must be a directory in which files can be created"
              : "must be a directory that exists or can be created");
    }
    return directory;
  }

  /** Returns the path if it exists, or else the nearest parent folder that exists. */
  private static Path existing(Path path) {
    Path existing = path;
    // A symbolic link without a target counts as existing, because no directory can be created in
    // its place.
    while (!Files.exists(existing, LinkOption.NOFOLLOW_LINKS) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    return existing;
  }

  private @Nullable WebhookTarget webhook() {
    PublicationSettings.Webhook configured = publication.webhook();
    if (configured.url().isEmpty()) {
      sources.reportAllSetWithout(
          WEBHOOK, List.of("secret", "secretFile", "allowedAddresses"), "url");
      return null;
    }
    URI url = rules.encryptedUrl(WEBHOOK + ".url", configured.url().get());
    Secret secret = rules.secret(WEBHOOK, configured.secret());
    List<AddressRange> allowed = rules.allowed(WEBHOOK, configured.allowedAddresses(), "calls");
    return url == null || secret == null ? null : new WebhookTarget(url, secret::reveal, allowed);
  }

  private List<Witness> witnesses() {
    List<Witness> valid = new ArrayList<>();
    if (witnesses.size() > MAX_WITNESSES) {
      sources.reportError(WITNESSES, "must have at most " + MAX_WITNESSES + " elements");
      return valid;
    }
    Set<VerifierKey> keys = new HashSet<>();
    for (int i = 0; i < witnesses.size(); i++) {
      String name = WITNESSES + '[' + i + ']';
      WitnessSettings configured = witnesses.get(i);
      URI prefix = prefix(name + ".url", configured.url());
      VerifierKey key = key(name + ".key", configured.key());
      if (key != null && !keys.add(key)) {
        sources.reportError(name + ".key", "must differ from the keys of the other witnesses");
      }
      List<AddressRange> allowed = rules.allowed(name, configured.allowedAddresses(), "calls");
      if (prefix != null && key != null) {
        String text = prefix.toString();
        valid.add(
            new Witness(
                URI.create(text + (text.endsWith("/") ? "" : "/") + "add-checkpoint"),
                key,
                allowed));
      }
    }
    return valid;
  }

  private @Nullable VerifierKey key(String name, String text) {
    try {
      VerifierKey key = VerifierKey.parse(text.strip());
      if (key.type() == VerifierKey.Type.COSIGNATURE) {
        return key;
      }
      sources.reportError(
          name, "must be the key of a witness (type 4), but it is the key of a log (type 1)");
    } catch (LogFormatException e) {
      if (sources.isClean(name)) {
        sources.reportError(
            name, "must be a verifier key of the type 4, NAME+ID+KEY: " + e.getMessage());
      }
    }
    return null;
  }

  private @Nullable URI prefix(String name, String text) {
    URI url =
        TargetUrl.parseEncryptedOrLocal(text)
            .filter(parsed -> parsed.getRawQuery() == null)
            .orElse(null);
    if (url == null && sources.isClean(name)) {
      sources.reportError(
          name,
          "must be an https URL with a host, without user, query and fragment; http is allowed"
              + " only for this machine");
    }
    return url;
  }
}
