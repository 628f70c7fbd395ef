package io.accesstokens.app.settings.outbound;

import io.accesstokens.app.outbound.TargetUrl;
import io.accesstokens.app.outbound.WebhookSignature;
import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.source.Sources;
import io.accesstokens.verify.AddressRange;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Validates the settings that all webhooks have. */
final class WebhookRules {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9.:_-]{1,100}");

  private final Sources sources;

  WebhookRules(Sources sources) {
    this.sources = sources;
  }

  /**
   * Parses a URL with https, or with http for this machine. Reports an error and returns null for
   * any other text.
   */
  @Nullable URI encryptedUrl(String name, String text) {
    URI url = TargetUrl.parseEncryptedOrLocal(text).orElse(null);
    if (url == null && sources.isClean(name)) {
      sources.reportError(
          name,
          "must be an https URL with a host, without user and fragment; http is allowed only for"
              + " this machine");
    }
    return url;
  }

  /** Returns the default name of a webhook: the host of its URL. */
  static String hostOf(URI url) {
    return url.getHost().replace("[", "").replace("]", "");
  }

  /** Reports an error if the name of a receiver is invalid. Returns true if the name is valid. */
  boolean checkName(String key, String name) {
    boolean valid = NAME.matcher(name).matches();
    if (!valid) {
      sources.reportError(
          key + ".name", "must have 1 to 100 letters, digits, and characters of . : _ -");
    }
    return valid;
  }

  /**
   * Returns the secret that signs a webhook; null if the secret is missing. Reports an error if the
   * secret is missing or invalid.
   */
  @Nullable Secret secret(String key, Optional<Secret> configured) {
    if (configured.isEmpty()) {
      if (sources.isClean(key + ".secretFile") && sources.isClean(key + ".secret")) {
        sources.reportError(key + ".secretFile", "is required");
      }
      return null;
    }
    WebhookSignature.errorMessage(configured.get().reveal())
        .ifPresent(error -> sources.reportError(sources.sourceOfSecret(key + ".secret"), error));
    return configured.get();
  }

  /**
   * Returns the addresses that are allowed in addition to public addresses.
   *
   * @param what the word for the calls in the warning, such as {@code webhooks}
   */
  List<AddressRange> allowed(String key, Optional<List<String>> addresses, String what) {
    return sources.ranges(
        key + ".allowedAddresses",
        addresses,
        "allows " + what + " to every address, including those of this machine");
  }
}
